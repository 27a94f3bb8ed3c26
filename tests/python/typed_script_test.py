"""The script that shows what types promise runs; `make lint` checks its types."""

import typed_script


def test_it_runs(tmp_path):
    assert typed_script.main(tmp_path) > 0
