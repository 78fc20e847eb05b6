package dev.socketfactory.sample;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketState;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for the page of the sample in a real browser, which are skipped where there is
 * none. With {@code -Dscreenshots} they write the pictures of the documentation.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "ROT13_PORT=0", "ECHO_PORT=0", "server.shutdown=immediate",
				"socket-factory.clients.greeter.auto-startup=false" })
@DirtiesContext
@Timeout(120)
class PageTests {

	private static final File CHROMIUM = new File("/usr/bin/chromium");

	private static final File DRIVER = new File("/usr/bin/chromedriver");

	@TempDir
	private static Path folder;

	private static ChromeDriver browser;

	@Value("${local.server.port}")
	private int port;

	@Value("${local.socket.rot13.port}")
	private int rot13Port;

	@Autowired
	private SocketFactory rot13SocketFactory;

	@BeforeAll
	static void startBrowser() {
		assumeThat(CHROMIUM.canExecute() && DRIVER.canExecute()).as("chromium and its driver are installed").isTrue();
		ChromeOptions options = new ChromeOptions();
		options.setBinary(CHROMIUM);
		options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
				"--user-data-dir=" + folder.resolve("browser"),
				"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1");
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, Level.ALL);
		options.setCapability("goog:loggingPrefs", logs);
		browser = new ChromeDriver(new ChromeDriverService.Builder().usingDriverExecutable(DRIVER).build(), options);
	}

	@AfterAll
	static void endBrowser() {
		if (browser != null) {
			browser.quit();
		}
	}

	@DynamicPropertySource
	static void folder(DynamicPropertyRegistry registry) {
		registry.add("SAMPLE_FOLDER", () -> folder.toString());
	}

	@AfterEach
	void restore() {
		this.rot13SocketFactory.start();
		this.rot13SocketFactory.resumeAccept();
	}

	@Test
	void everyFactoryIsShown() {
		open(1200, 900, "light");
		assertThat(browser.findElements(By.cssSelector(".card .name"))).extracting(WebElement::getText)
			.containsExactlyInAnyOrder("rot13", "rot13-unix", "echo", "log", "greeter", "page");
		assertThat(card("rot13").getText()).contains("listening", "127.0.0.1:");
		assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
	}

	@Test
	void aListenerIsPausedAndResumedByKeyboard() throws IOException {
		open(1200, 900, "light");
		press("Pause rot13");
		awaitText("rot13", "paused");
		assertThat(card("rot13").getText()).contains("USER for");
		assertThat(this.rot13SocketFactory.getPauseReasons()).hasSize(1);
		press("Resume rot13");
		awaitText("rot13", "listening");
		assertThat(this.rot13SocketFactory.getPauseReasons()).isEmpty();
	}

	@Test
	void aListenerIsStoppedAndStarted() {
		open(1200, 900, "light");
		press("Stop rot13");
		awaitText("rot13", "stopped");
		assertThat(this.rot13SocketFactory.getState()).isEqualTo(SocketState.STOPPED);
		press("Start rot13");
		awaitText("rot13", "listening");
	}

	@Test
	void aLineGoesThroughTheListenerAndComesBack() {
		open(1200, 900, "light");
		WebElement line = browser.findElement(By.id("line"));
		line.clear();
		line.sendKeys("Hello, äöü!", Keys.ENTER);
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(browser.findElement(By.id("answer")).getText()).isEqualTo("Uryyb, äöü!"));
	}

	@Test
	void everyControlHasAName() {
		open(1200, 900, "light");
		assertThat(browser.findElements(By.cssSelector("button, input"))).isNotEmpty()
			.allSatisfy((control) -> assertThat(control.getAccessibleName()).isNotBlank());
		assertThat(browser.findElements(By.cssSelector("main section"))).hasSize(3)
			.allSatisfy((section) -> assertThat(section.getAccessibleName()).isNotBlank());
	}

	@ParameterizedTest
	@ValueSource(strings = { "light", "dark" })
	void nothingIsWiderThanAPhone(String scheme) throws IOException {
		open(360, 800, scheme);
		assertThat((Long) browser.executeScript("return document.documentElement.scrollWidth"))
			.isLessThanOrEqualTo((Long) browser.executeScript("return window.innerWidth"));
		if (scheme.equals("light")) {
			picture("page-phone");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "light", "dark" })
	void colorsFollowTheScheme(String scheme) throws IOException {
		open(1200, 900, scheme);
		for (int i = 1; i <= 4; i++) {
			talk(10 * i);
		}
		press("Pause rot13-unix");
		awaitText("rot13-unix", "paused");
		String color = (String) browser.executeScript("return getComputedStyle(document.body).backgroundColor");
		assertThat(color).isEqualTo(scheme.equals("dark") ? "rgb(25, 26, 27)" : "rgb(251, 250, 247)");
		picture("page-" + scheme);
		press("Resume rot13-unix");
		awaitText("rot13-unix", "listening");
	}

	/**
	 * Let so many clients come, and wait until the page has seen it.
	 */
	private void talk(int clients) throws IOException {
		String before = card("rot13").findElement(By.cssSelector(".rate-plot polyline")).getDomAttribute("points");
		for (int i = 0; i < clients; i++) {
			try (Rot13Client client = new Rot13Client(this.rot13Port)) {
				assertThat(client.ask("Hello")).isEqualTo("Uryyb");
			}
		}
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.until(() -> !card("rot13").findElement(By.cssSelector(".rate-plot polyline"))
				.getDomAttribute("points")
				.equals(before));
	}

	private void open(int width, int height, String scheme) {
		browser.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
		browser.executeCdpCommand("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
		browser.manage().window().setSize(new Dimension(width, height));
		browser.get("http://127.0.0.1:%d/".formatted(this.port));
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> !browser.findElements(By.cssSelector(".card")).isEmpty());
		browser.manage().logs().get(LogType.BROWSER);
	}

	private static void press(String name) {
		WebElement button = browser.findElement(By.cssSelector("button[aria-label='%s']".formatted(name)));
		button.sendKeys(Keys.ENTER);
	}

	private static WebElement card(String factory) {
		return browser.findElements(By.cssSelector(".card"))
			.stream()
			.filter((card) -> card.findElement(By.cssSelector(".name")).getText().equals(factory))
			.findFirst()
			.orElseThrow();
	}

	private static void awaitText(String factory, String text) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(
					() -> assertThat(card(factory).findElement(By.cssSelector(".word")).getText()).isEqualTo(text));
	}

	private static void picture(String name) throws IOException {
		if (System.getProperty("screenshots") != null) {
			Files.write(Files.createDirectories(Path.of("../docs/images")).resolve(name + ".png"),
					browser.getScreenshotAs(OutputType.BYTES));
		}
	}

}
