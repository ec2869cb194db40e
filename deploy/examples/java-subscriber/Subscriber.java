import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Prints each message that a Headcast gateway sends here, once and whole: java Subscriber.java [ADDRESS:PORT]
 *
 * A receiver to start from, without any library, for Java 17 or later; the format is specified in
 * Sources/Wire/wire-format.md. It puts together what was split and drops what was seen before, by datagram number and
 * by message id. It leaves out gaps, order and expiry: the subscriber in Python, next door, shows how those are done.
 */
public final class Subscriber {
    /** What is remembered: numbers below the highest of a stream, streams, ids, and bytes of messages not yet whole. */
    static final int WINDOW = 1 << 16, STREAMS = 64, IDS = 1 << 16, PARTIAL_BYTES = 64 << 20;
    static final int MAXIMUM_BODY = 16_842_752;

    record StreamKey(String topic, int source, long epoch) {}

    record PartialKey(StreamKey stream, long sequence) {}

    record MessageKey(String topic, UUID id) {}

    /** Keeps the entries that were put or found last. */
    static final class Recent<Key, Value> extends LinkedHashMap<Key, Value> {
        private static final long serialVersionUID = 1;
        private final int limit;

        Recent(int limit) {
            super(16, 0.75f, true);
            this.limit = limit;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Value> eldest) {
            return size() > limit;
        }
    }

    /** Which numbers of a stream were seen, those that are not too far below the highest. Numbers are unsigned. */
    static final class Stream {
        private long highest;
        private final BitSet seen = new BitSet(WINDOW);

        boolean isNew(long number) {
            long ahead = number - highest;
            if (Long.compareUnsigned(number, highest) > 0) {
                if (Long.compareUnsigned(ahead, WINDOW) >= 0) {
                    seen.clear();
                } else {
                    for (long n = 1; n <= ahead; n++) seen.clear((int) (highest + n) & WINDOW - 1);
                }
                highest = number;
            } else if (Long.compareUnsigned(-ahead, WINDOW) >= 0) {
                return false;
            }
            int bit = (int) number & WINDOW - 1;
            boolean isNew = !seen.get(bit);
            seen.set(bit);
            return isNew;
        }
    }

    /** A message that is not whole: its parts by their offset. The start, at 0, says the rest. */
    static final class Partial {
        final Map<Integer, byte[]> parts = new HashMap<>();
        UUID id;
        int bodyBytes = -1, attributeBytes, bytes;
        boolean isMalformed;
    }

    interface Handler {
        void handle(String topic, Map<String, String> attributes, byte[] payload) throws IOException;
    }

    private final Map<StreamKey, Stream> streams = new Recent<>(STREAMS);
    private final Map<MessageKey, Boolean> ids = new Recent<>(IDS);
    private final Map<PartialKey, Partial> partials = new HashMap<>();
    private long partialBytes;
    private final Handler handler;

    Subscriber(Handler handler) {
        this.handler = handler;
    }

    /** What was wrong with a datagram that was dropped; null if nothing was. Nothing is believed unchecked. */
    String receive(byte[] bytes, int length) throws IOException {
        if (length < 3 || (bytes[0] & 0xFF) != 0xF5 || bytes[1] != 'H' || bytes[2] != 'C') return "is not enveloped; "
            + "its topic wants format=enveloped, or this port another receiver, like headcast subscribe";
        if (length > 3 && bytes[3] != 1) return "is of version " + (bytes[3] & 0xFF) + "; only 1 is known here";
        return read(bytes, length) ? null : "is malformed";
    }

    private boolean read(byte[] bytes, int length) throws IOException {
        ByteBuffer data = ByteBuffer.wrap(bytes, 0, length);
        if (length < 36 || (bytes[5] & 0xF0) != 0) return false;
        int topicBytes = bytes[10] & 0xFF, topicEnd = 36 + topicBytes, begin = data.getShort(6) & 0xFFFF;
        int end = begin + (data.getShort(8) & 0xFFFF);
        long epoch = data.getLong(16), number = data.getLong(24);
        if (topicEnd > begin || end > length || epoch < 0) return false;
        String topic = new String(bytes, 36, topicBytes, StandardCharsets.ISO_8859_1);
        if (!topic.matches("[A-Za-z0-9._~-]{1,128}")) return false;
        for (int at = topicEnd; at < begin; at += 2 + (bytes[at + 1] & 0xFF)) {
            // A field of 128 or more must be understood, and none is.
            if (begin - at < 2 || bytes[at] < 0 || at + 2 + (bytes[at + 1] & 0xFF) > begin) return false;
        }
        if (bytes[4] != 1) return true; // Heartbeats tell of gaps, which are left out here.
        if (number == 0) return false;
        for (int at = begin; at < end; at += data.getShort(at) & 0xFFFF) {
            int count = end - at < 4 ? 0 : data.getShort(at) & 0xFFFF;
            if (count < 4 || at + count > end || !isRecord(data, at, count)) return false;
        }
        StreamKey stream = new StreamKey(topic, data.getInt(12), epoch);
        if (!streams.computeIfAbsent(stream, key -> new Stream()).isNew(number)) return true;
        for (int at = begin; at < end; at += data.getShort(at) & 0xFFFF) {
            if (bytes[at + 2] == 1 || bytes[at + 2] == 2) read(stream, data, at, at + (data.getShort(at) & 0xFFFF));
        }
        return true;
    }

    static boolean isRecord(ByteBuffer data, int at, int count) {
        int kind = data.get(at + 2);
        if (kind != 1 && kind != 2) return true; // Others are skipped.
        if (count < (kind == 1 ? 48 : 17) || data.getLong(at + 4) == 0) return false;
        if (kind == 2) {
            long offset = data.getInt(at + 12) & 0xFFFFFFFFL;
            return offset > 0 && offset + count - 16 <= MAXIMUM_BODY;
        }
        long body = data.getInt(at + 40) & 0xFFFFFFFFL;
        return data.getLong(at + 28) >= 0 && body <= MAXIMUM_BODY && (data.getShort(at + 44) & 0xFFFF) <= body
            && count - 48 <= body;
    }

    /** Adds a part to its message, and hands the message over when it is whole. */
    private void read(StreamKey stream, ByteBuffer data, int at, int end) throws IOException {
        PartialKey key = new PartialKey(stream, data.getLong(at + 4));
        Partial partial = partials.computeIfAbsent(key, absent -> new Partial());
        int offset = 0, begin = at + 48;
        if (data.get(at + 2) == 1) {
            partial.id = new UUID(data.getLong(at + 12), data.getLong(at + 20));
            partial.bodyBytes = data.getInt(at + 40);
            partial.attributeBytes = data.getShort(at + 44) & 0xFFFF;
        } else {
            offset = data.getInt(at + 12);
            begin = at + 16;
        }
        // What is there already contradicts; the message is kept so, and what comes of it later is dropped too.
        if (partial.isMalformed |= partial.parts.containsKey(offset)) return;
        partial.parts.put(offset, Arrays.copyOfRange(data.array(), begin, end));
        partial.bytes += end - begin;
        partialBytes += end - begin + 128;
        if (partial.bytes == partial.bodyBytes) {
            partials.remove(key);
            partialBytes -= partial.bytes + 128L * partial.parts.size();
            finish(stream.topic(), partial);
        }
        if (partialBytes > PARTIAL_BYTES) {
            partials.clear();
            partialBytes = 0;
        }
    }

    private void finish(String topic, Partial partial) throws IOException {
        ByteBuffer body = ByteBuffer.allocate(partial.bodyBytes);
        while (body.hasRemaining()) {
            byte[] part = partial.parts.getOrDefault(body.position(), new byte[0]);
            if (part.length == 0) return; // Parts that overlap.
            body.put(part);
        }
        Map<String, String> attributes = readAttributes(body.flip().limit(partial.attributeBytes));
        if (attributes == null || ids.put(new MessageKey(topic, partial.id), true) != null) return;
        byte[] payload = Arrays.copyOfRange(body.array(), partial.attributeBytes, partial.bodyBytes);
        handler.handle(topic, attributes, payload);
    }

    /** Null when they are malformed. */
    static Map<String, String> readAttributes(ByteBuffer data) {
        Map<String, String> attributes = new LinkedHashMap<>();
        while (data.hasRemaining()) {
            int nameBytes = data.get() & 0xFF;
            if (data.remaining() < nameBytes + 2) return null;
            byte[] characters = new byte[nameBytes];
            data.get(characters);
            String name = new String(characters, StandardCharsets.ISO_8859_1);
            int valueBytes = data.getShort() & 0xFFFF;
            if (data.remaining() < valueBytes || !name.matches("[a-z0-9._-]{1,64}")) return null;
            ByteBuffer value = data.slice(data.position(), valueBytes);
            data.position(data.position() + valueBytes);
            try {
                // Unlike String's constructor, it refuses what is not UTF-8.
                String text = StandardCharsets.UTF_8.newDecoder().decode(value).toString();
                if (attributes.put(name, text) != null) return null;
            } catch (CharacterCodingException error) {
                return null;
            }
        }
        return attributes;
    }

    /** Where to listen, without any lookup of names. */
    static InetSocketAddress address(String text) throws IOException {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, Math.max(colon, 0)), port = text.substring(colon + 1);
        if (!host.matches("[0-9.]+|\\[[0-9A-Fa-f:.]+\\]") || !port.matches("[0-9]{1,5}")
            || Integer.parseInt(port) > 65_535) {
            throw new IOException("expected ADDRESS:PORT like 0.0.0.0:12000 or [::]:12000");
        }
        return new InetSocketAddress(InetAddress.getByName(host), Integer.parseInt(port));
    }

    public static void main(String[] arguments) {
        String listen = arguments.length > 0 ? arguments[0] : "[::]:12000";
        if (arguments.length > 1 || listen.startsWith("-")) {
            System.err.println("usage: java Subscriber.java [ADDRESS:PORT], [::]:12000 if left out");
            System.exit(64);
        }
        // Two programs on one port by mistake must fail.
        try (DatagramSocket socket = new DatagramSocket(null)) {
            socket.setReuseAddress(false);
            // The kernel grants net.core.rmem_max at most.
            socket.setReceiveBufferSize(8 << 20);
            socket.bind(address(listen));
            String host = listen.substring(0, listen.lastIndexOf(':'));
            System.err.println("listening on " + host + ":" + socket.getLocalPort());
            receive(socket);
        } catch (IOException error) {
            System.err.println("subscriber: " + listen + ": " + error.getMessage());
            System.exit(1);
        }
    }

    private static void receive(DatagramSocket socket) throws IOException {
        OutputStream output = new PrintStream(System.out, true);
        Subscriber subscriber = new Subscriber((topic, attributes, payload) -> {
            output.write(payload);
            output.write('\n');
            output.flush();
        });
        DatagramPacket packet = new DatagramPacket(new byte[1 << 16], 1 << 16);
        while (true) {
            packet.setLength(1 << 16);
            socket.receive(packet);
            String fault = subscriber.receive(packet.getData(), packet.getLength());
            if (fault != null) {
                String sender = packet.getAddress().getHostAddress() + ":" + packet.getPort();
                System.err.println("dropped a datagram from " + sender + " that " + fault);
            }
        }
    }
}
