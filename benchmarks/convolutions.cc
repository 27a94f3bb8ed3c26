// Speed of convolutions alone: by Hod's kernels, and by oneDNN's primitives where it was found.
#include <benchmark/benchmark.h>

#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "benchmarks/networks.h"
#include "benchmarks/onednn.h"
#include "benchmarks/suites.h"
#include "env/game/geometry.h"
#include "models/backends/aligned.h"
#include "models/backends/convolution_plan.h"
#include "models/backends/kernels.h"
#include "models/backends/measured_kernels.h"

namespace hod::benchmarks {
namespace {

using models::Kernels;
using models::Precision;
using Pass = ConvolutionPass;

constexpr int kBatch = 64;
constexpr ConvolutionShape kShapes[] = {{{3, 1, 3}, 16}, {{1, 3, 1}, 16}, {{3, 1, 3}, 32},
                                        {{1, 3, 1}, 32}, {{3, 3, 3}, 32}, {{3, 3, 3}, 64}};

int KernelSize(const ConvolutionShape& shape) {
  return shape.extents[0] * shape.extents[1] * shape.extents[2];
}

std::string NameOf(const ConvolutionShape& shape) {
  const auto& e = shape.extents;
  return absl::StrCat(e[0], "x", e[1], "x", e[2], "x", shape.channels);
}

const char* NameOf(Pass pass) {
  switch (pass) {
    case Pass::kPredict:
      return "predict";
    case Pass::kForward:
      return "forward";
    case Pass::kInputGradient:
      return "input_gradient";
    case Pass::kWeightGradient:
      return "weight_gradient";
  }
  return "";
}

// The passes of Hod's kernels over a batch, position by position. The gradient of inputs is a
// convolution, too.
class HodConvolution {
 public:
  HodConvolution(const ConvolutionShape& shape, const Kernels& kernels)
      : kernels_(kernels), plan_(env::WorldSize(), shape.extents), channels_(shape.channels) {
    const int channels = shape.channels, blocks = channels / models::kBlock;
    const int units = channels / models::ChannelsPerUnit(kernels.precision);
    position_ = size_t{1} * env::WorldSize().Volume() * units;
    // A half in float32, and in bfloat16 but for the other channel of a unit, which is 0.
    input_.assign(kBatch * position_, 0.5f);
    output_.assign(kBatch * position_, 0.5f);
    weights_.assign(size_t{1} * plan_.kernel_size * units * channels, 0.5f);
    weight_gradient_.assign(size_t{1} * plan_.kernel_size * channels * channels, 0.0f);
    bias_.assign(channels, 0.5f);
    convolution_ = plan_.Make(units, blocks);
    convolution_.weights = weights_.data();
    convolution_.bias = bias_.data();
  }

  void Run(Pass pass) {
    models::Convolution c = convolution_;
    for (size_t begin = 0; begin < input_.size(); begin += position_) {
      c.input = &input_[begin];
      c.output = &output_[begin];
      if (pass != Pass::kWeightGradient) {
        kernels_.convolve(c);
        continue;
      }
      kernels_.add_weight_gradient({.input = &input_[begin],
                                    .input_row = channels_,
                                    .channels = channels_,
                                    .gradient = &output_[begin],
                                    .weights = weight_gradient_.data(),
                                    .blocks = c.blocks,
                                    .kernel_size = c.kernel_size,
                                    .taps = c.taps,
                                    .runs = c.runs,
                                    .num_runs = c.num_runs});
    }
  }

 private:
  const Kernels& kernels_;
  models::ConvolutionPlan plan_;
  int channels_;
  size_t position_;
  models::Aligned<float> input_, output_, weights_, weight_gradient_, bias_;
  models::Convolution convolution_;
};

// Times a pass over a batch, after one that pays for new memory. What counts is the processor's
// time, as other programs on the machine would otherwise be measured, too.
void Measure(benchmark::State& bench, const ConvolutionShape& shape, const Kernels& kernels,
             const std::function<void()>& pass) {
  const double peak = PeakRate(kernels);
  pass();
  const double start = ProcessorSeconds();
  for (auto _ : bench) pass();
  const double seconds = ProcessorSeconds() - start;
  const double operations = 2.0 * kBatch * env::WorldSize().Volume() * KernelSize(shape) *
                            shape.channels * shape.channels *
                            static_cast<double>(bench.iterations());
  const double rate = operations / seconds;
  bench.SetItemsProcessed(bench.iterations() * kBatch);
  bench.counters["GFLOP/s"] = 1e-9 * rate;
  bench.counters["of_peak"] = rate / peak;
  bench.counters["peak_GFLOP/s"] = 1e-9 * peak;
}

void Register(const std::string& whose, const ConvolutionShape& shape, Pass pass,
              const std::string& how, const std::function<void(benchmark::State&)>& function) {
  benchmark::RegisterBenchmark(
      absl::StrCat(whose, "/", NameOf(pass), "/", NameOf(shape), "/", how).c_str(), function)
      ->MinTime(0.1)
      ->Unit(benchmark::kMillisecond);
}

#ifdef HOD_ONEDNN
void RegisterOneDnn(const ConvolutionShape& shape) {
  for (const Precision precision : {Precision::kFloat32, Precision::kBfloat16}) {
    for (const Pass pass :
         {Pass::kPredict, Pass::kForward, Pass::kInputGradient, Pass::kWeightGradient}) {
      Register("onednn", shape, pass, Name(precision), [=](benchmark::State& bench) {
        const absl::StatusOr<OneDnnPass> made = MakeOneDnnPass(shape, pass, precision, kBatch);
        if (!made.ok()) return bench.SkipWithError(made.status().ToString().c_str());
        bench.SetLabel(made->implementation);
        Measure(bench, shape, models::FastestKernels(precision), made->run);
      });
    }
  }
}
#endif

}  // namespace

void AddConvolutionSuite() {
  for (const ConvolutionShape& shape : kShapes) {
    for (const Kernels* kernels : models::Candidates({Precision::kFloat32, Precision::kBfloat16})) {
      for (const Pass pass : {Pass::kForward, Pass::kInputGradient, Pass::kWeightGradient}) {
        Register("hod", shape, pass, absl::StrCat(Name(kernels->precision), "/", kernels->name),
                 [=](benchmark::State& bench) {
                   HodConvolution convolution(shape, *kernels);
                   Measure(bench, shape, *kernels, [&] { convolution.Run(pass); });
                 });
      }
    }
#ifdef HOD_ONEDNN
    RegisterOneDnn(shape);
#endif
  }
}

}  // namespace hod::benchmarks
