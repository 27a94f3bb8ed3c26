// Several ranks of learners as threads of one test, which add up in memory.
#pragma once

#include <barrier>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "models/training/collective.h"

namespace hod::models {

// Adds in the order of ranks, in memory.
class ThreadCollective final : public Collective {
 public:
  // What the ranks share.
  struct Table {
    explicit Table(int size) : barrier(size), given(size), texts(size) {}
    std::barrier<> barrier;
    std::vector<std::vector<double>> given;
    std::vector<std::string> texts;
  };

  ThreadCollective(int rank, Table& table) : rank_(rank), table_(table) {}

  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(table_.given.size()); }
  absl::Status Sum(absl::Span<float> values) override { return SumOf(values); }
  absl::Status Sum(absl::Span<double> values) override { return SumOf(values); }
  absl::StatusOr<std::vector<std::string>> Gather(const std::string& bytes) override {
    table_.texts[rank_] = bytes;
    table_.barrier.arrive_and_wait();
    std::vector<std::string> all = table_.texts;
    table_.barrier.arrive_and_wait();
    return all;
  }

 private:
  template <typename T>
  absl::Status SumOf(absl::Span<T> values) {
    table_.given[rank_].assign(values.begin(), values.end());
    table_.barrier.arrive_and_wait();
    for (size_t i = 0; i < values.size(); ++i) {
      T sum = 0;
      for (const std::vector<double>& given : table_.given) sum += static_cast<T>(given[i]);
      values[i] = sum;
    }
    table_.barrier.arrive_and_wait();
    return absl::OkStatus();
  }

  const int rank_;
  Table& table_;
};

// Does `work` as every rank at once. It must not throw, as Catch2's REQUIRE does: leave results and
// check them afterwards.
inline void OnRanks(int size, const std::function<void(Collective&)>& work) {
  ThreadCollective::Table table(size);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) {
    threads.emplace_back([&table, &work, rank] {
      ThreadCollective collective(rank, table);
      work(collective);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace hod::models
