package dev.socketfactory;

import java.io.ByteArrayInputStream;
import java.net.InetSocketAddress;

import org.junit.jupiter.api.Test;

import org.springframework.core.serializer.support.SerializationDelegate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InvalidSocketSpecException}.
 */
class InvalidSocketSpecExceptionTests {

	@Test
	void whenValueCannotBeSerializedThenTheRestCan() throws Exception {
		InvalidSocketSpecException exception = new InvalidSocketSpecException(SocketKind.CLIENT, "upstream", "remote",
				SocketEndpoint.of(new InetSocketAddress("127.0.0.1", 1)), "it is wrong", "Write another one");
		SerializationDelegate serializer = new SerializationDelegate(getClass().getClassLoader());
		assertThat(serializer.deserialize(new ByteArrayInputStream(serializer.serializeToByteArray(exception))))
			.isInstanceOfSatisfying(InvalidSocketSpecException.class, (copy) -> {
				assertThat(copy).hasMessage("client 'upstream': remote '127.0.0.1:1': it is wrong. Write another one.");
				assertThat(copy.getKey()).isEqualTo("remote");
				assertThat(copy.getValue()).isNull();
			});
	}

}
