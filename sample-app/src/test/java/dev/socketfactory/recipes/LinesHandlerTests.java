package dev.socketfactory.recipes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;

import dev.socketfactory.SocketConnection;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

/**
 * How a handler is tested without an application.
 */
class LinesHandlerTests {

	@Test
	void answersEveryLine() throws IOException {
		StringWriter answers = new StringWriter();
		SocketConnection client = Mockito.mock(SocketConnection.class);
		given(client.reader()).willReturn(new BufferedReader(new StringReader("one\ntwo\n")));
		given(client.writer()).willReturn(answers);
		new BlockingLines().serve(client);
		assertThat(answers).hasToString("ONE\nTWO\n");
	}

}
