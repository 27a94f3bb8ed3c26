"""How fast the page of `hod play` is in a browser: benchmarks/page.py --help.

Frames while the camera turns, and the time from a key to the frame that shows what it did, in
chromium without a graphics card. Needs what `make deps-tests` installs."""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests/python"))
os.environ.setdefault("HOD_PROGRAM", str(ROOT / "build/hod"))

from program_server import PROGRAM, serve, wait_until  # noqa: E402

WINDOW = (1280, 800)
WORLDS = {"11x10x10": "belief:shipped:11x10x10", "64x64x64": "noop"}
PRESSES = 200
FRAMES = 100


def open_browser():
    options = webdriver.ChromeOptions()
    for argument in ("headless=new", "no-sandbox", "enable-unsafe-swiftshader"):
        options.add_argument(f"--{argument}")
    options.add_argument("--window-size=%d,%d" % WINDOW)
    return webdriver.Chrome(options=options)


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


# Moves the camera with every frame, a little nearer and away again.
MOVE_CAMERA = """
const [count, done] = arguments;
const stage = document.getElementById("stage");
let frame = 0;
function move() {
  stage.dispatchEvent(new WheelEvent("wheel", {deltaY: frame % 2 ? -2 : 2, cancelable: true}));
  if (frame++ < count) requestAnimationFrame(move);
  else done(hod.frames().slice(-count).map(({ at }) => at));
}
requestAnimationFrame(move);
"""


def move_camera(driver):
    """Frames a second, and the slowest of ten frames, in milliseconds."""
    for frames in (20, FRAMES):  # The first ones warm up.
        times = driver.execute_async_script(MOVE_CAMERA, frames)
    gaps = [b - a for a, b in zip(times, times[1:])]
    return 1000 * len(gaps) / sum(gaps), percentile(gaps, 90)


def press_keys(driver):
    """Milliseconds from a key to the frame that shows the step."""
    for press in range(PRESSES):
        ActionChains(driver, duration=0).send_keys(" " if press % 2 == 0 else "c").perform()
        time.sleep(0.03)
    return driver.execute_script("return hod.latencies()")


def measure(driver, world, assistant, screenshot):
    arguments = ("play", "--world", world, "--assistant", assistant, "--seed", "3")
    with serve(*arguments) as server:
        driver.get("about:blank")
        driver.get(server.url)
        wait_until(lambda: driver.execute_script("return window.hod && hod.state().title"), 30)
        time.sleep(1)
        rate, slow = move_camera(driver)
        latencies = press_keys(driver)
        row = {
            "world": world,
            "frames_per_second": round(rate, 1),
            "slow_frame_ms": round(slow, 1),
            "key_to_picture_ms": round(percentile(latencies, 50), 1),
            "key_to_picture_95_ms": round(percentile(latencies, 95), 1),
            "keys": len(latencies),
        }
        if assistant != "noop":
            driver.find_element("id", "tool-t").click()
            thoughts = set()
            end = time.monotonic() + 10
            while time.monotonic() < end:
                thought = driver.execute_script("return hod.state().thought")
                if thought:
                    thoughts.add((thought["timestep"], thought["milliseconds"]))
                time.sleep(0.1)
            row["thought_ms"] = round(max(ms for _, ms in thoughts), 1)
        if screenshot and assistant != "noop":
            driver.save_screenshot(screenshot)
        return row


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", help="write the figures here")
    parser.add_argument("--screenshot", help="the page with the assistant's thoughts, as a .png")
    options = parser.parse_args()
    driver = open_browser()
    driver.set_script_timeout(120)
    rows = [measure(driver, *world, options.screenshot) for world in WORLDS.items()]
    version = driver.capabilities["browserVersion"]
    driver.quit()
    program = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True)
    result = {"rows": rows, "browser": f"chromium {version}", "program": program.stdout.strip()}
    print(json.dumps(result, indent=1))
    if options.json:
        Path(options.json).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
