package dev.socketfactory.recipes;

import java.util.Collections;
import java.util.List;

import dev.socketfactory.AccessSettings;
import dev.socketfactory.PerSourceSettings;
import dev.socketfactory.SocketFactory;

import org.springframework.stereotype.Component;

@Component
class Maintenance {

	private final SocketFactory lines;

	Maintenance(SocketFactory linesSocketFactory) {
		this.lines = linesSocketFactory;
	}

	void begin() {
		this.lines.setAccess(AccessSettings.of(List.of("192.0.2.7"), Collections.emptyList()));
		this.lines.setPerSource(PerSourceSettings.of(5));
	}

}
