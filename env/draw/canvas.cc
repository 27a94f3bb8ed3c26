#include "env/draw/canvas.h"

#include <cairo.h>

#include <fstream>
#include <numbers>

#include "absl/strings/str_cat.h"

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

void Trace(cairo_t* context, absl::Span<const Point2> points) {
  for (const Point2 point : points) cairo_line_to(context, point.x, point.y);
}

}  // namespace

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

void Canvas::Lines(absl::Span<const Point2> points, double line_width, Color color, bool closed) {
  cairo_t* context = context_.get();
  cairo_new_path(context);
  Trace(context, points);
  if (closed) cairo_close_path(context);
  SetColor(context, color);
  cairo_set_line_width(context, line_width);
  cairo_stroke(context);
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
  cairo_show_text(context, text.c_str());
  cairo_restore(context);
}

double Canvas::TextWidth(const std::string& text, const TextStyle& style) const {
  cairo_text_extents_t extents;
  SetFont(context_.get(), style);
  cairo_text_extents(context_.get(), text.c_str(), &extents);
  return extents.x_advance;
}

void Canvas::Paste(const Canvas& other, int x, int y) {
  cairo_t* context = context_.get();
  cairo_set_source_surface(context, other.surface_.get(), x, y);
  cairo_paint(context);
}

std::vector<uint8_t> Canvas::Rgb() const {
  cairo_surface_flush(surface_.get());
  const unsigned char* data = cairo_image_surface_get_data(surface_.get());
  const int stride = cairo_image_surface_get_stride(surface_.get());
  std::vector<uint8_t> rgb;
  rgb.reserve(static_cast<size_t>(width_) * height_ * 3);
  for (int y = 0; y < height_; ++y) {
    // A pixel is a 32-bit number 0x??RRGGBB.
    const auto* row = reinterpret_cast<const uint32_t*>(data + static_cast<size_t>(y) * stride);
    for (int x = 0; x < width_; ++x) {
      for (const int shift : {16, 8, 0}) rgb.push_back(static_cast<uint8_t>(row[x] >> shift));
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
  std::ofstream file(path, std::ios::binary);
  if (!file) return absl::UnavailableError(absl::StrCat(path, ": cannot create the file"));
  file << PngBytes();
  file.close();
  if (!file) return absl::UnavailableError(absl::StrCat(path, ": writing the picture failed"));
  return absl::OkStatus();
}

}  // namespace hod::env
