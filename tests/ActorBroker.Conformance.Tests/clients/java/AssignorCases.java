import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** PlaintextConsumerAssignorsTest, and the cases of PlaintextConsumerPollTest with several members. */
final class AssignorCases {
    private static final String PACKAGE = "org.apache.kafka.clients.consumer.";
    private final Cases on;

    AssignorCases(Cases on) {
        this.on = on;
    }

    void add() {
        on.add("testRoundRobinAssignment", this::roundRobin);
        on.add("testMultiConsumerRoundRobinAssignor", () -> several("RoundRobinAssignor", 4, 5, 8));
        on.add("testMultiConsumerStickyAssignor", this::sticky);
        on.add("testMultiConsumerDefaultAssignor", () -> several("", 2, 2, 5));
        on.add("testMultiConsumerDefaultAssignorAndVerifyAssignment", this::rangeShares);
        for (String assignor : List.of("CooperativeStickyAssignor", "RangeAssignor"))
            on.add("testRebalanceAndRejoin " + assignor, () -> rejoin(assignor));
        on.add("testMultiConsumerSessionTimeoutOnStopPolling", () -> oneGoes(false));
        on.add("testMultiConsumerSessionTimeoutOnClose", () -> oneGoes(true));
    }

    /** A member that polls on a thread of its own. */
    private final class Member extends Thread implements ConsumerRebalanceListener {
        volatile Set<TopicPartition> partitions = Set.of();
        volatile Collection<String> topics;
        volatile int generation = -1;
        volatile String id = "";
        volatile Throwable failure;
        private volatile boolean stops;
        private volatile boolean closes;
        private final KafkaConsumer<byte[], byte[]> consumer;

        Member(String group, String assignor, Collection<String> topics) {
            this.topics = topics;
            List<Object> config = new ArrayList<>(List.of("group.id", group, "session.timeout.ms", 6000, "heartbeat.interval.ms", 300,
                "max.poll.interval.ms", 6000));
            if (!assignor.isEmpty()) config.addAll(List.of("partition.assignment.strategy", PACKAGE + assignor));
            consumer = on.consumer(config.toArray());
            setDaemon(true);
            start();
        }

        @Override
        public void run() {
            try {
                Collection<String> subscribed = null;
                while (!stops) {
                    if (topics != subscribed) consumer.subscribe(subscribed = topics, this);
                    consumer.poll(Duration.ofMillis(50));
                    partitions = Set.copyOf(consumer.assignment());
                }
                if (closes) consumer.close();
            } catch (Throwable thrown) {
                failure = thrown;
            }
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            generation = consumer.groupMetadata().generationId();
            id = consumer.groupMetadata().memberId();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
        }

        void end(boolean close) throws InterruptedException {
            closes = close;
            stops = true;
            join(20_000);
        }
    }

    private static List<TopicPartition> all(Map<String, Integer> topics) {
        List<TopicPartition> all = new ArrayList<>();
        topics.forEach((topic, count) -> all.addAll(Cases.partitions(topic, count)));
        return all;
    }

    /** Everybody has something, nothing is held twice and nothing is left over. */
    private static void shared(List<Member> members, List<TopicPartition> all) throws Exception {
        Cases.until(() -> {
            List<TopicPartition> held = new ArrayList<>();
            for (Member member : members) {
                Cases.equal(null, member.failure);
                if (member.partitions.isEmpty()) return false;
                held.addAll(member.partitions);
            }
            return held.size() == all.size() && new HashSet<>(held).equals(new HashSet<>(all));
        }, () -> all + " shared, not " + members.stream().map(member -> member.partitions).toList(), 40);
    }

    private static void end(List<Member> members) throws InterruptedException {
        for (Member member : members) member.end(true);
    }

    private void roundRobin() throws Exception {
        List<String> topics = List.of(on.topic("rr", 2), on.topic("rr", 2), on.topic("rr", 2));
        try (KafkaConsumer<byte[], byte[]> consumer = on.consumer("group.id", on.name("roundrobin"),
                "partition.assignment.strategy", PACKAGE + "RoundRobinAssignor")) {
            for (int count : new int[] {2, 3, 2}) {
                Map<String, Integer> of = new HashMap<>();
                topics.subList(0, count).forEach(topic -> of.put(topic, 2));
                consumer.subscribe(of.keySet());
                Cases.assigned(consumer, all(of));
            }
            consumer.unsubscribe();
            Cases.equal(Set.of(), consumer.assignment());
        }
    }

    private void several(String assignor, int count, int... partitions) throws Exception {
        Map<String, Integer> topics = new HashMap<>();
        for (int number : partitions) topics.put(on.topic("shared", number), number);
        String group = on.name("group");
        List<Member> members = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) members.add(new Member(group, assignor, topics.keySet()));
            shared(members, all(topics));
            members.add(new Member(group, assignor, topics.keySet()));
            shared(members, all(topics));
            Map<String, Integer> more = new HashMap<>(topics);
            more.put(on.topic("shared", 3), 3);
            for (Member member : members) member.topics = more.keySet();
            shared(members, all(more));
            for (Member member : members) member.topics = topics.keySet();
            shared(members, all(topics));
        } finally {
            end(members);
        }
    }

    private void sticky() throws Exception {
        Map<String, Integer> topics = Map.of(on.topic("sticky", 20), 20);
        String group = on.name("group");
        List<Member> members = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) members.add(new Member(group, "StickyAssignor", topics.keySet()));
            Cases.until(() -> members.stream().allMatch(member -> member.partitions.size() == 5), () -> "five each", 40);
            shared(members, all(topics));
            List<Set<TopicPartition>> before = members.stream().map(member -> member.partitions).toList();
            members.add(new Member(group, "StickyAssignor", topics.keySet()));
            Cases.until(() -> members.stream().allMatch(member -> member.partitions.size() == 4), () -> "four each", 40);
            shared(members, all(topics));
            for (int i = 0; i < 4; i++) Cases.that(before.get(i).containsAll(members.get(i).partitions), "partitions moved between members that stay");
        } finally {
            end(members);
        }
    }

    private void rangeShares() throws Exception {
        String one = on.topic("range", 3);
        String two = on.topic("range", 3);
        String group = on.name("group");
        List<Member> members = List.of(new Member(group, "", List.of(one, two)), new Member(group, "", List.of(one, two)));
        try {
            shared(members, all(Map.of(one, 3, two, 3)));
            Set<TopicPartition> large = Set.of(new TopicPartition(one, 0), new TopicPartition(one, 1), new TopicPartition(two, 0), new TopicPartition(two, 1));
            Set<TopicPartition> small = Set.of(new TopicPartition(one, 2), new TopicPartition(two, 2));
            Cases.until(() -> Set.of(large, small).equals(Set.of(members.get(0).partitions, members.get(1).partitions)),
                () -> members.stream().map(member -> member.partitions).toList());
        } finally {
            end(members);
        }
    }

    private void rejoin(String assignor) throws Exception {
        String topic = on.topic("rejoin", 2);
        String group = on.name("group");
        List<Member> members = new ArrayList<>(List.of(new Member(group, assignor, List.of(topic))));
        try {
            shared(members, Cases.partitions(topic, 2));
            int generation = members.get(0).generation;
            String id = members.get(0).id;
            members.add(new Member(group, assignor, List.of(topic)));
            shared(members, Cases.partitions(topic, 2));
            int wanted = generation + (assignor.equals("CooperativeStickyAssignor") ? 2 : 1);
            Cases.until(() -> members.get(0).generation == wanted, () -> wanted + ", not " + members.get(0).generation);
            Cases.equal(id, members.get(0).id);
        } finally {
            end(members);
        }
    }

    private void oneGoes(boolean closes) throws Exception {
        Map<String, Integer> topics = Map.of(on.topic("timeout", 2), 2, on.topic("timeout", 6), 6);
        String group = on.name("group");
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < 3; i++) members.add(new Member(group, "RoundRobinAssignor", topics.keySet()));
        try {
            shared(members, all(topics));
            members.remove(2).end(closes);
            shared(members, all(topics));
        } finally {
            end(members);
        }
    }
}
