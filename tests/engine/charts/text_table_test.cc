#include "engine/charts/text_table.h"

#include "tests/support/catch.h"

namespace hod::engine {
namespace {

TEST_CASE("A table of text is one of Markdown and one of HTML") {
  TextTable table = {"Shifts <all>", {"network", "shift"}, {{"base", ""}, {"A & B", "**+0.31**"}}};
  CHECK(Markdown(table) ==
        "## Shifts <all>\n\n| network | shift |\n|---|---|\n| base |  |\n| A & B | **+0.31** |\n");
  CHECK(Html(table) ==
        "<h2>Shifts &lt;all&gt;</h2>\n"
        "<table><tr><th>network</th><th>shift</th></tr>\n<tr><td>base</td><td></td></tr>\n"
        "<tr><td>A &amp; B</td><td><b>+0.31</b></td></tr>\n</table>\n");
  table.title.clear();
  CHECK(Markdown(table).starts_with("| network |"));
  CHECK(Html(table).starts_with("<table>"));
}

}  // namespace
}  // namespace hod::engine
