// Explanations for terminals.
#pragma once

#include <string>

#include "engine/explain/explanation.h"
#include "env/draw/text.h"

namespace hod::engine {

// Part of a line of an explanation: "41% planks, 30% air, 29% glass", down to 5%.
std::string DescribePosterior(const mcts::GoalDistribution& posterior);
// "right about 97.1% of the voxels, 54% of the changes to make, ...".
std::string DescribeAccuracy(const BeliefAccuracy& accuracy);
// "places 61%, moves 37%, ...": types of at least half a percent.
std::string DescribeTypes(const HumanExpectation& human);
// "20 simulations in 12.3 ms, value 3.42 (the network's: 3.10)".
std::string DescribeSearch(const Explanation& explanation);
// "assistant places planks at 3,2,4, human waits (34%), 14 visits, value 3.50".
std::string DescribeTurn(const env::WorldSize& size, const ExpectedTurn& turn);

// The moment; the world with the likely house in place of the goal; what the assistant believes,
// expects and plans, with at most `top` lines a list.
std::string ExplanationText(const ExplainedMoment& moment, const Explanation& explanation, int top,
                            const env::TerminalStyle& terminal);

}  // namespace hod::engine
