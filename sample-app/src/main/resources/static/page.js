"use strict";

const SOCKETS = "actuator/sockets";
const POINTS = 60;
const WORDS = {
	NEW: "not started", RESOLVING: "starting", LISTENING: "listening", CONNECTING: "connecting", CONNECTED: "connected",
	OPEN: "open", FAILED: "failed", STOPPING: "stopping", STOPPED: "stopped"
};
const MARKS = { running: "●", paused: "❚❚", failed: "✕", stopped: "■" };

const cards = new Map();
let timer = 0;

async function poll() {
	clearTimeout(timer);
	if (document.hidden) {
		return;
	}
	try {
		const answer = await fetch(SOCKETS, { headers: { accept: "application/json" }, cache: "no-store",
			credentials: "omit", signal: AbortSignal.timeout(5000) });
		if (!answer.ok) {
			throw new Error("it answers " + answer.status);
		}
		show(await answer.json());
		tell("Up to date, once a second", false);
	}
	catch (error) {
		tell("The application does not answer: " + error.message + ". Trying again …", true);
	}
	timer = setTimeout(poll, 1000);
}

function tell(text, gone) {
	const line = document.getElementById("connection");
	if (line.textContent !== text) {
		line.textContent = text;
	}
	document.body.classList.toggle("gone", gone);
}

function show(sockets) {
	const known = new Set();
	for (const [list, factories] of [["listener-cards", sockets.listeners], ["client-cards", sockets.clients]]) {
		for (const factory of Object.values(factories)) {
			known.add(factory.name);
			(cards.get(factory.name) ?? makeCard(factory, list)).update(factory);
		}
	}
	for (const [name, card] of cards) {
		if (!known.has(name)) {
			card.element.remove();
			cards.delete(name);
		}
	}
}

function makeCard(factory, list) {
	const element = document.getElementById("card").content.firstElementChild.cloneNode(true);
	const part = (name) => element.querySelector("." + name);
	const set = (name, text) => {
		if (part(name).textContent !== text) {
			part(name).textContent = text;
		}
	};
	const stream = factory.type === "SOCK_STREAM";
	const accepting = factory.kind === "listener" && stream;
	const depths = new Array(POINTS).fill(0);
	const rates = new Array(POINTS).fill(0);
	let total = null;
	let time = 0;
	set("name", factory.name);
	set("kind", [factory.domain.replace("AF_", ""), stream ? "stream" : "datagram"].join(" ").toLowerCase());
	if (!accepting) {
		part("depth").closest("div").remove();
	}
	for (const action of accepting ? ["pause", "resume", "stop", "start"] : ["stop", "start"]) {
		const button = document.createElement("button");
		button.type = "button";
		button.textContent = action[0].toUpperCase() + action.slice(1);
		button.setAttribute("aria-label", button.textContent + " " + factory.name);
		button.addEventListener("click", () => act(factory.name, action));
		part("actions").append(button);
	}
	part("actions").setAttribute("aria-label", "Actions of " + factory.name);
	const card = {
		element,
		update(now) {
			const paused = now.pauseReasons.length > 0 && now.state === "LISTENING";
			const look = now.state === "FAILED" ? "failed" : paused ? "paused"
				: ["NEW", "STOPPED", "STOPPING"].includes(now.state) ? "stopped" : "running";
			element.className = "card " + look;
			set("mark", MARKS[look]);
			set("word", paused ? "paused" : WORDS[now.state] ?? now.state);
			set("reasons", now.pauseReasons.map(reason).join("; "));
			set("address", now.localAddress ?? (now.remote ? "to " + now.remote : "none"));
			set("active", String(now.connections.active));
			set("failure", now.state === "FAILED" && now.lastFailure
				? now.lastFailure.operation + ": " + now.lastFailure.message : "");
			const rate = total === null ? 0
				: (now.connections.total - total) * 1000 / Math.max(1, performance.now() - time);
			total = now.connections.total;
			time = performance.now();
			set("rate", rate < 10 ? rate.toFixed(1) : rate.toFixed(0));
			plot(part("rate-plot"), rates, rate);
			if (accepting) {
				const depth = now.listenQueue?.depth;
				set("depth", depth === undefined ? "not known" : String(depth));
				plot(part("depth-plot"), depths, depth ?? 0);
			}
		}
	};
	cards.set(factory.name, card);
	document.getElementById(list).append(element);
	return card;
}

function reason(given) {
	const since = new Date(given.since);
	const seconds = Math.max(0, Math.round((Date.now() - since) / 1000));
	const ago = seconds < 60 ? seconds + " s" : seconds < 3600 ? Math.floor(seconds / 60) + " min"
		: Math.floor(seconds / 3600) + " h";
	return given.reason + " for " + ago + ", since " + since.toLocaleTimeString() + (given.by ? ", by " + given.by : "");
}

function plot(svg, values, value) {
	values.push(value);
	values.shift();
	const most = Math.max(1, ...values);
	const points = values.map((each, i) => i + "," + (20 - 18 * each / most).toFixed(1));
	svg.setAttribute("viewBox", "0 0 " + (POINTS - 1) + " 21");
	svg.setAttribute("preserveAspectRatio", "none");
	if (!svg.firstChild) {
		svg.append(document.createElementNS("http://www.w3.org/2000/svg", "polyline"));
	}
	svg.firstChild.setAttribute("points", points.join(" "));
}

async function act(name, action) {
	try {
		const answer = await fetch(SOCKETS + "/" + encodeURIComponent(name) + "/" + action,
			{ method: "POST", credentials: "omit", signal: AbortSignal.timeout(5000) });
		if (!answer.ok) {
			tell("'" + action + "' of " + name + " was refused: " + answer.status, false);
		}
	}
	catch (error) {
		tell("The application does not answer: " + error.message, true);
	}
	poll();
}

document.getElementById("rot13").addEventListener("submit", async (event) => {
	event.preventDefault();
	const answer = document.getElementById("answer");
	try {
		const response = await fetch("rot13", { method: "POST", headers: { "content-type": "text/plain;charset=utf-8" },
			body: document.getElementById("line").value, credentials: "omit", signal: AbortSignal.timeout(8000) });
		answer.textContent = response.ok ? await response.text()
			: "No answer: " + (await response.text() || response.status);
	}
	catch (error) {
		answer.textContent = "No answer: is the listener paused or stopped?";
	}
});

document.addEventListener("visibilitychange", poll);
poll();
