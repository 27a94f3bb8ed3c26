#include "benchmarks/onednn.h"

#include <omp.h>

#include <algorithm>
#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "env/game/geometry.h"

namespace hod::benchmarks {
namespace {

using dnnl::memory;
using models::Precision;

// Some numbers, as fast to multiply as any others.
memory Filled(const memory::desc& description, const dnnl::engine& engine) {
  memory filled(description, engine);
  const auto fill = [&](auto number) {
    auto* const begin = static_cast<decltype(number)*>(filled.get_data_handle());
    std::fill_n(begin, description.get_size() / sizeof(number), number);
  };
  if (description.data_type() == memory::data_type::f32) {
    fill(0.5f);
  } else {
    fill(uint16_t{0x3f00});  // 0.5 in bfloat16.
  }
  return filled;
}

template <typename Primitive>
OneDnnPass PassOf(const typename Primitive::primitive_desc& description, const dnnl::engine& engine,
                  const std::unordered_map<int, memory::desc>& arguments) {
  std::unordered_map<int, memory> memories;
  for (const auto& [argument, shape] : arguments) {
    memories.emplace(argument, Filled(shape, engine));
  }
  dnnl::stream stream(engine);
  const auto run = [primitive = Primitive(description), stream, memories]() mutable {
    primitive.execute(stream, memories);
    stream.wait();
  };
  return {description.impl_info_str(), run};
}

OneDnnPass Make(const ConvolutionShape& shape, ConvolutionPass pass, Precision precision,
                int batch) {
  constexpr auto kFloat = memory::data_type::f32;
  constexpr auto kAuto = dnnl::algorithm::convolution_auto;
  const auto type = precision == Precision::kFloat32 ? kFloat : memory::data_type::bf16;
  const auto any = [](const memory::dims& extents, memory::data_type of) {
    return memory::desc(extents, of, memory::format_tag::any);
  };
  const env::WorldSize world;
  const auto& e = shape.extents;
  const memory::desc rows = any({batch, shape.channels, world.w, world.h, world.d}, type);
  const memory::dims kernel = {shape.channels, shape.channels, e[0], e[1], e[2]};
  const memory::desc bias = any({shape.channels}, kFloat);
  const memory::dims strides = {1, 1, 1}, padding = {e[0] / 2, e[1] / 2, e[2] / 2};
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  const bool predict = pass == ConvolutionPass::kPredict;
  using Forward = dnnl::convolution_forward;
  const Forward::primitive_desc forward(
      Forward::desc(
          predict ? dnnl::prop_kind::forward_inference : dnnl::prop_kind::forward_training, kAuto,
          rows, any(kernel, type), bias, rows, strides, padding, padding),
      engine);
  switch (pass) {
    case ConvolutionPass::kPredict:
    case ConvolutionPass::kForward:
      return PassOf<Forward>(forward, engine,
                             {{DNNL_ARG_SRC, forward.src_desc()},
                              {DNNL_ARG_WEIGHTS, forward.weights_desc()},
                              {DNNL_ARG_BIAS, forward.bias_desc()},
                              {DNNL_ARG_DST, forward.dst_desc()}});
    case ConvolutionPass::kInputGradient: {
      using Backward = dnnl::convolution_backward_data;
      const Backward::primitive_desc backward(
          Backward::desc(kAuto, rows, any(kernel, type), rows, strides, padding, padding), engine,
          forward);
      return PassOf<Backward>(backward, engine,
                              {{DNNL_ARG_DIFF_SRC, backward.diff_src_desc()},
                               {DNNL_ARG_WEIGHTS, backward.weights_desc()},
                               {DNNL_ARG_DIFF_DST, backward.diff_dst_desc()}});
    }
    case ConvolutionPass::kWeightGradient: {
      using Backward = dnnl::convolution_backward_weights;
      const Backward::primitive_desc backward(
          Backward::desc(kAuto, rows, any(kernel, kFloat), bias, rows, strides, padding, padding),
          engine, forward);
      return PassOf<Backward>(backward, engine,
                              {{DNNL_ARG_SRC, backward.src_desc()},
                               {DNNL_ARG_DIFF_WEIGHTS, backward.diff_weights_desc()},
                               {DNNL_ARG_DIFF_BIAS, backward.diff_bias_desc()},
                               {DNNL_ARG_DIFF_DST, backward.diff_dst_desc()}});
    }
  }
  return {};
}

}  // namespace

absl::StatusOr<OneDnnPass> MakeOneDnnPass(const ConvolutionShape& shape, ConvolutionPass pass,
                                          Precision precision, int batch) {
  omp_set_num_threads(1);
  try {
    return Make(shape, pass, precision, batch);
  } catch (const dnnl::error& error) {
    return absl::UnimplementedError(absl::StrCat("oneDNN: ", error.what()));
  }
}

}  // namespace hod::benchmarks
