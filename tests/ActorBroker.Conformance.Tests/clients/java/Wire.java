import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;

/** Requests as they are on the wire, each over a connection of its own. */
final class Wire {
    private final String host;
    private final int port;

    Wire(String bootstrap) {
        String first = bootstrap.split(",")[0];
        host = first.substring(0, first.lastIndexOf(':'));
        port = Integer.parseInt(first.substring(first.lastIndexOf(':') + 1));
    }

    @SuppressWarnings("unchecked")
    <T extends ApiMessage> T ask(ApiKeys key, int version, ApiMessage request) throws IOException {
        RequestHeader header = new RequestHeader(key, (short) version, "client-id", 17);
        ByteBuffer bytes = RequestUtils.serialize(header.data(), header.headerVersion(), request, (short) version);
        byte[] body = new byte[bytes.remaining()];
        bytes.get(body);
        ByteBuffer answer = ByteBuffer.wrap(exchange(body));
        T data = (T) AbstractResponse.parseResponse(answer, header).data();
        Cases.equal(0, answer.remaining(), "bytes behind the answer");
        return data;
    }

    <T extends ApiMessage> T ask(ApiKeys key, ApiMessage request) throws IOException {
        return ask(key, key.latestVersion(), request);
    }

    byte[] exchange(byte[] request) throws IOException {
        try (Socket socket = new Socket(host, port)) {
            socket.setSoTimeout(30_000);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(request.length);
            out.write(request);
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readInt()];
            in.readFully(answer);
            return answer;
        }
    }
}
