#include "env/draw/canvas.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "absl/strings/str_cat.h"
#include "env/base/files.h"
#include "env/base/utf8.h"

namespace hod::env {
namespace {

void SetColor(cairo_t* context, Color color) {
  cairo_set_source_rgba(context, color.r, color.g, color.b, color.a);
}

void SetFont(cairo_t* context, const TextStyle& style) {
  cairo_select_font_face(context, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                         style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(context, style.size);
}

// A translucent pixel over an opaque one. Two channels at a time, rounded as (n + 128) / 255 is.
uint32_t Over(uint32_t front, uint32_t back) {
  const uint32_t rest = 255 - (front >> 24);
  const auto scaled = [rest](uint32_t channels) {
    const uint32_t product = (channels & 0xFF00FF) * rest + 0x800080;
    return (product + (product >> 8 & 0xFF00FF)) >> 8 & 0xFF00FF;
  };
  return front + (scaled(back) | scaled(back >> 8) << 8);
}

void Trace(cairo_t* context, absl::Span<const Point2> points) {
  for (const Point2 point : points) cairo_line_to(context, point.x, point.y);
}

}  // namespace

uint32_t PremultipliedArgb(Color color) {
  uint32_t argb = static_cast<uint32_t>(std::lround(255 * color.a));
  for (const double channel : {color.r, color.g, color.b}) {
    const double value = std::clamp(channel, 0.0, 1.0) * color.a;
    argb = argb << 8 | static_cast<uint32_t>(std::lround(255 * value));
  }
  return argb;
}

void Canvas::SurfaceDeleter::operator()(_cairo_surface* surface) const {
  cairo_surface_destroy(surface);
}
void Canvas::ContextDeleter::operator()(_cairo* context) const { cairo_destroy(context); }

Canvas::Canvas(int width, int height, Color background)
    : width_(width),
      height_(height),
      surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)),
      context_(cairo_create(surface_.get())) {
  SetColor(context_.get(), background);
  cairo_paint(context_.get());
  cairo_set_antialias(context_.get(), CAIRO_ANTIALIAS_FAST);
  cairo_set_line_join(context_.get(), CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(context_.get(), CAIRO_LINE_CAP_ROUND);
}

void Canvas::Polygon(absl::Span<const Point2> corners, Color fill, const Outline& outline) {
  cairo_t* context = context_.get();
  cairo_new_path(context);
  Trace(context, corners);
  cairo_close_path(context);
  SetColor(context, fill);
  cairo_fill_preserve(context);
  if (outline.width <= 0) return;
  SetColor(context, outline.color);
  cairo_set_line_width(context, outline.width);
  cairo_stroke(context);
}

void Canvas::Lines(absl::Span<const Point2> points, double line_width, Color color, bool closed,
                   double dash) {
  cairo_t* context = context_.get();
  cairo_new_path(context);
  Trace(context, points);
  if (closed) cairo_close_path(context);
  SetColor(context, color);
  cairo_set_line_width(context, line_width);
  const double dashes[] = {dash, 0.6 * dash};  // And the gaps between them.
  cairo_set_dash(context, dashes, dash == 0 ? 0 : 2, 0);
  cairo_stroke(context);
  cairo_set_dash(context, nullptr, 0, 0);
}

void Canvas::Disc(Point2 center, double radius, Color color) {
  cairo_t* context = context_.get();
  cairo_new_path(context);
  cairo_arc(context, center.x, center.y, radius, 0, 2 * std::numbers::pi);
  SetColor(context, color);
  cairo_fill(context);
}

void Canvas::Text(Point2 at, const std::string& text, const TextStyle& style) {
  cairo_t* context = context_.get();
  const double width = TextWidth(text, style);
  cairo_save(context);
  cairo_translate(context, at.x, at.y);
  if (style.upwards) cairo_rotate(context, -std::numbers::pi / 2);
  const double shift = style.align == Align::kLeft ? 0 : style.align == Align::kCenter ? 0.5 : 1;
  cairo_move_to(context, -shift * width, 0);
  SetFont(context, style);
  SetColor(context, style.color);
  cairo_show_text(context, ToUtf8(text).c_str());  // After other text it would draw no more.
  cairo_restore(context);
}

double Canvas::TextWidth(const std::string& text, const TextStyle& style) const {
  cairo_text_extents_t extents;
  SetFont(context_.get(), style);
  cairo_text_extents(context_.get(), ToUtf8(text).c_str(), &extents);
  return extents.x_advance;
}

void Canvas::Paste(const Canvas& other, int x, int y) {
  cairo_t* context = context_.get();
  cairo_set_source_surface(context, other.surface_.get(), x, y);
  cairo_paint(context);
}

void Canvas::Blit(const Sprite& sprite, int x, int y) {
  cairo_surface_flush(surface_.get());
  unsigned char* data = cairo_image_surface_get_data(surface_.get());
  if (data == nullptr) return;  // The picture is too large, as WritePng() will say.
  const int stride = cairo_image_surface_get_stride(surface_.get());
  const int left = std::max(0, -x), right = std::min(sprite.width, width_ - x);
  const int top = std::max(0, -y), bottom = std::min(sprite.height, height_ - y);
  for (int row = top; row < bottom; ++row) {
    auto* to = reinterpret_cast<uint32_t*>(data + static_cast<size_t>(y + row) * stride) + x;
    const uint32_t* from = sprite.pixels.data() + static_cast<size_t>(row) * sprite.width;
    for (int column = left; column < right; ++column) {
      const uint32_t pixel = from[column], alpha = pixel >> 24;
      if (alpha == 0) continue;
      to[column] = alpha == 255 ? pixel : Over(pixel, to[column]);
    }
  }
  cairo_surface_mark_dirty(surface_.get());
}

absl::Span<const uint32_t> Canvas::Row(int y) const {
  cairo_surface_flush(surface_.get());
  const unsigned char* data = cairo_image_surface_get_data(surface_.get());
  const int stride = cairo_image_surface_get_stride(surface_.get());
  return {reinterpret_cast<const uint32_t*>(data + static_cast<size_t>(y) * stride),
          static_cast<size_t>(width_)};
}

std::vector<uint8_t> Canvas::Rgb() const {
  std::vector<uint8_t> rgb;
  rgb.reserve(static_cast<size_t>(width_) * height_ * 3);
  for (int y = 0; y < height_; ++y) {
    for (const uint32_t pixel : Row(y)) {
      for (const int shift : {16, 8, 0}) rgb.push_back(static_cast<uint8_t>(pixel >> shift));
    }
  }
  return rgb;
}

std::string Canvas::PngBytes() const {
  std::string bytes;
  const auto append = [](void* closure, const unsigned char* data, unsigned int length) {
    static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
  };
  cairo_surface_write_to_png_stream(surface_.get(), append, &bytes);
  return bytes;
}

absl::Status Canvas::WritePng(const std::string& path) const {
  if (cairo_surface_status(surface_.get()) != CAIRO_STATUS_SUCCESS) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", width_, "x", height_, " pixels are more than a picture can have"));
  }
  return WriteFileAtomically(path, PngBytes());
}

}  // namespace hod::env
