#include "models/reference/attention.h"

#include <Eigen/Core>
#include <cmath>

namespace hod::models {

void Attend(const float* qkv, int64_t sequences, int length, int heads, int size, float* out) {
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Stride = Eigen::OuterStride<>;
  const int channels = heads * size;
  const float scale = 1 / std::sqrt(static_cast<float>(size));
  Matrix scores(length, length);
  for (int64_t s = 0; s < sequences; ++s) {
    for (int head = 0; head < heads; ++head) {
      const float* const q = qkv + s * length * 3 * channels + head * size;
      using Rows = Eigen::Map<const Matrix, 0, Stride>;
      const Rows query(q, length, size, Stride(3 * channels));
      const Rows key(q + channels, length, size, Stride(3 * channels));
      const Rows value(q + 2 * channels, length, size, Stride(3 * channels));
      scores.noalias() = query * key.transpose() * scale;
      scores.array() = (scores.colwise() - scores.rowwise().maxCoeff()).array().exp();
      scores.array().colwise() /= scores.rowwise().sum().eval().array();
      Eigen::Map<Matrix, 0, Stride>(out + s * length * channels + head * size, length, size,
                                    Stride(channels))
          .noalias() = scores * value;
    }
  }
}

}  // namespace hod::models
