"""The page of `hod play` in a real browser, beside a real assistant."""

import os
import shutil

import numpy as np
import pytest

from program_server import serve, wait_until

pytest.importorskip("selenium")
from selenium import webdriver  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

if not (shutil.which("chromium") and shutil.which("chromedriver")):
    pytest.skip("no chromium and chromedriver", allow_module_level=True)

PLANKS = 6
HOUSE = [(2, 2, 5), (3, 2, 5), (4, 2, 5)]  # Planks in a row on the ground.
LOSE = "document.querySelector('#stage canvas').getContext('webgl2').getExtension('WEBGL_lose_context')"


@pytest.fixture(scope="module")
def goals(tmp_path_factory):
    folder = tmp_path_factory.mktemp("goals")
    goal = np.zeros((7, 7, 7), np.uint8)
    goal[:, 0], goal[:, 1] = 1, 2
    for voxel in HOUSE:
        goal[voxel] = PLANKS
    np.save(folder / "row.npy", goal)
    return f"npy:{folder}"


@pytest.fixture(scope="module")
def driver():
    options = webdriver.ChromeOptions()
    for argument in ("headless=new", "no-sandbox", "enable-unsafe-swiftshader"):
        options.add_argument(f"--{argument}")
    options.add_argument("--window-size=1200,800")
    # A browser does not bear the sanitizers that are preloaded for the package.
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    driver = webdriver.Chrome(options=options, service=Service(env=environment))
    yield driver
    driver.quit()


class Page:
    """What a person does with the page, and sees."""

    def __init__(self, driver, url):
        self.driver = driver
        driver.get("about:blank")
        driver.get(url)
        wait_until(lambda: driver.execute_script("return window.hod && hod.state().title"))

    def state(self):
        return self.driver.execute_script("return hod.state()")

    def see(self, condition, seconds=10):
        return wait_until(lambda: condition(self.state()), seconds)

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def hold(self, key, seconds):
        chain = ActionChains(self.driver)
        chain.key_down(key).pause(seconds).key_up(key).perform()

    def block(self, x, y, z):
        return self.state()["blocks"][(x * 7 + y) * 7 + z]

    def point(self, voxel):
        """An action chain with the mouse at the middle of a voxel."""
        at = self.driver.execute_script("return hod.locate(...arguments)", *voxel)
        x, y = (at["x"], at["y"]) if isinstance(at, dict) else at
        chain = ActionChains(self.driver)
        chain.w3c_actions.pointer_action.move_to_location(int(x), int(y))
        return chain

    def move_cursor_to(self, voxel):
        """By keys, whose directions are those of the camera."""
        pairs = [(Keys.ARROW_LEFT, Keys.ARROW_RIGHT), (Keys.ARROW_UP, Keys.ARROW_DOWN)]
        pairs.append((Keys.PAGE_UP, Keys.PAGE_DOWN))

        def distance():
            return sum(abs(a - b) for a, b in zip(self.state()["aim"]["voxel"], voxel))

        self.press(Keys.ARROW_LEFT)
        wait_until(lambda: self.state()["aim"])
        for key, opposite in pairs:
            for way, back in ((key, opposite), (opposite, key)):
                while True:
                    before = distance()
                    self.press(way)
                    if distance() >= before:
                        if distance() > before:
                            self.press(back)
                        break
        assert distance() == 0, f"the cursor is at {self.state()['aim']}, not at {voxel}"


@pytest.fixture
def open_page(driver, goals):
    """Opens a page on a game of its own."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def open_it(*arguments):
            server = stack.enter_context(
                serve("play", "--world", "7x7x7", "--goals", goals, "--seed", 3, *arguments)
            )
            return Page(driver, server.url), server

        yield open_it


def go_down(page):
    page.hold("c", 1.2)
    page.see(lambda state: state["feet"][0][1] == 2)


def test_a_house_is_built_by_clicks_and_by_keys(open_page, tmp_path):
    # The assistant takes its time: it could stand in the way, or be there first.
    slow = ("--assistant", "belief:shipped:7x7x7", "--seconds-per-action", 60)
    page, _ = open_page("--record", tmp_path, *slow)
    go_down(page)
    page.press("5")
    page.see(lambda state: state["chosen"] == PLANKS)
    # A click on the blueprint.
    page.point(HOUSE[0]).click().perform()
    page.see(lambda _: page.block(*HOUSE[0]) == PLANKS)
    # The cursor and enter.
    page.move_cursor_to(HOUSE[1])
    page.press(Keys.ENTER)
    page.see(lambda _: page.block(*HOUSE[1]) == PLANKS)
    # To break and to place again.
    page.move_cursor_to(HOUSE[1])
    page.press(Keys.DELETE)
    page.see(lambda _: page.block(*HOUSE[1]) == 0)
    page.press(Keys.ENTER)
    page.see(lambda _: page.block(*HOUSE[1]) == PLANKS)
    page.move_cursor_to(HOUSE[2])
    page.press(Keys.ENTER)
    end = page.see(lambda state: state["end"])
    assert end["reason"] == "complete"
    dialog = page.driver.find_element(By.ID, "screen")
    assert dialog.is_displayed()
    assert (tmp_path / "house-001.jsonl.gz").exists()


def test_what_the_rules_forbid_is_said(open_page):
    page, _ = open_page("--assistant", "noop")
    go_down(page)
    page.hold("c", 0.3)
    assert page.see(lambda state: state["refused"]) == "a block is in the way"
    assert "block is in the way" in page.driver.find_element(By.ID, "live").text


def test_thoughts_are_shown(open_page):
    page, _ = open_page("--assistant", "belief:shipped:7x7x7", "--seconds-per-action", 0.2)
    panel = page.driver.find_element(By.ID, "thoughts")
    assert not panel.is_displayed()
    page.press("t")
    thought = page.see(lambda state: state["thought"])
    assert thought["expects"]
    wait_until(panel.is_displayed)
    page.press("t")
    wait_until(lambda: not panel.is_displayed())


def test_a_page_that_comes_again_goes_on(open_page):
    page, server = open_page("--assistant", "noop")
    page.press(Keys.SPACE)
    page.see(lambda state: state["timestep"] == 1)
    feet = page.state()["feet"]
    page = Page(page.driver, server.url)
    page.see(lambda state: state["feet"] == feet)
    assert page.state()["timestep"] == 1
    server.process.kill()
    banner = page.driver.find_element(By.ID, "banner")
    wait_until(banner.is_displayed)
    assert "lost" in banner.text


def test_a_lost_graphics_context_shows_layers_until_it_is_back(open_page):
    page, _ = open_page("--assistant", "noop")
    assert page.state()["view"] == "scene"
    page.driver.execute_script(f"window.loss = {LOSE}; loss.loseContext()")
    page.see(lambda state: state["view"] == "layers")
    go_down(page)
    page.driver.execute_script("loss.restoreContext()")
    page.see(lambda state: state["view"] == "scene")


def test_a_machine_with_a_graphics_card_is_drawn_on_as_well(open_page, driver):
    """By its name the page tells it from software, and then draws otherwise."""
    # UNMASKED_RENDERER_WEBGL.
    script = """
      const ask = WebGL2RenderingContext.prototype.getParameter;
      WebGL2RenderingContext.prototype.getParameter = function (name) {
        return name === 37446 ? "NVIDIA GeForce" : ask.call(this, name);
      };"""
    command = "Page.addScriptToEvaluateOnNewDocument"
    added = driver.execute_cdp_cmd(command, {"source": script})
    try:
        page, _ = open_page("--assistant", "noop")
        assert page.state()["view"] == "scene"
        page.see(lambda _: driver.execute_script("return hod.frames().length") > 0)
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def test_first_person_takes_the_pointer_and_gives_it_back(open_page):
    page, _ = open_page("--assistant", "noop")
    page.press("f")
    page.see(lambda state: state["firstPerson"])
    page.press("f")
    page.see(lambda state: not state["firstPerson"])


def test_a_study_leads_through_its_screens(driver, tmp_path):
    study = tmp_path / "study.toml"
    study.write_text(
        """
set = ["game.world_size=[7, 7, 7]"]
practice = false
[[condition]]
name = "alone"
assistant = "noop"
[[question]]
id = "easy"
text = "It was easy."
kind = "scale"
[[comparison]]
id = "remarks"
text = "What else?"
kind = "text"
"""
    )
    with serve("study", "play", study, "--out", tmp_path / "people") as server:
        driver.get(server.url)

        def dialog_says(text):
            return wait_until(lambda: text in driver.find_element(By.ID, "screen").text)

        def go_on():
            driver.find_element(By.CSS_SELECTOR, "#screen button.main").click()

        dialog_says("recorded")
        go_on()
        dialog_says("alone")
        go_on()
        wait_until(lambda: driver.execute_script("return hod.state().title") == "House 1")
        wait_until(lambda: not driver.find_element(By.ID, "screen").is_displayed())
        driver.find_element(By.ID, "finish").click()
        driver.find_element(By.CSS_SELECTOR, "#confirm button.main").click()
        wait_until(lambda: driver.execute_script("return !!hod.state().end"))
        go_on()
        dialog_says("It was easy.")
        driver.find_elements(By.CSS_SELECTOR, "#screen input[type=radio]")[4].click()
        go_on()
        dialog_says("What else?")
        driver.find_element(By.CSS_SELECTOR, "#screen textarea").send_keys("nothing")
        go_on()
        dialog_says("Thank you")
    events = (tmp_path / "people/participant-001/events.jsonl").read_text()
    assert '"easy":5' in events and '"remarks":"nothing"' in events
