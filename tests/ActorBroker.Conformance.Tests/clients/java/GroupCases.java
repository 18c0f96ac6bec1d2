import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** PlaintextAdminIntegrationTest: groups, their members and their offsets. */
final class GroupCases {
    private static final Set<AclOperation> ALLOWED = Set.of(AclOperation.READ, AclOperation.DESCRIBE, AclOperation.DELETE,
        AclOperation.DESCRIBE_CONFIGS, AclOperation.ALTER_CONFIGS);
    private final Cases on;

    GroupCases(Cases on) {
        this.on = on;
    }

    void add() {
        on.add("testConsumerGroups", this::groups);
        on.add("testDeleteConsumerGroupOffsets", this::deleteOffsets);
        on.add("testAlterConsumerGroupOffsetsOfMembers", this::alterOffsetsOfMembers);
    }

    private boolean listed(String group, ListGroupsOptions options) throws Exception {
        for (GroupListing one : on.admin().listGroups(options).all().get())
            if (one.groupId().equals(group) && one.groupState().orElseThrow() == GroupState.STABLE) return true;
        return false;
    }

    private ConsumerGroupDescription described(String group) throws Exception {
        return on.admin().describeConsumerGroups(List.of(group), new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
            .describedGroups().get(group).get();
    }

    /** Polls and commits until it is interrupted. */
    private Thread member(String group, String instance, String topic, CountDownLatch started) {
        List<Object> config = new ArrayList<>(List.of("group.id", group, "client.id", "test_client_id"));
        if (!instance.isEmpty()) config.addAll(List.of("group.instance.id", instance));
        Thread thread = new Thread(() -> {
            try (KafkaConsumer<byte[], byte[]> consumer = on.consumer(config.toArray())) {
                consumer.subscribe(List.of(topic));
                boolean counted = false;
                while (!Thread.currentThread().isInterrupted()) {
                    consumer.poll(Duration.ofMillis(500));
                    if (!counted && !consumer.assignment().isEmpty()) started.countDown();
                    counted |= !consumer.assignment().isEmpty();
                    consumer.commitSync();
                }
            } catch (RuntimeException ended) {
                // Interrupted, or taken out of the group.
                return;
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void groups() throws Exception {
        String group = on.name("group");
        String fake = on.name("fake");
        Map<String, String> topicOf = new HashMap<>();
        for (String instance : List.of("one", "two", "")) topicOf.put(instance, on.topic("groups", 2));
        TopicPartition first = new TopicPartition(topicOf.get(""), 0);
        on.send(1, first);
        CountDownLatch started = new CountDownLatch(3);
        List<Thread> threads = new ArrayList<>();
        try {
            topicOf.forEach((instance, topic) -> threads.add(member(group, instance, topic, started)));
            Cases.that(started.await(30, TimeUnit.SECONDS), "three members with partitions");
            List<ListGroupsOptions> filters = List.of(new ListGroupsOptions(), new ListGroupsOptions().withTypes(Set.of(GroupType.CLASSIC)),
                new ListGroupsOptions().inGroupStates(Set.of(GroupState.STABLE)),
                new ListGroupsOptions().withTypes(Set.of(GroupType.CLASSIC)).inGroupStates(Set.of(GroupState.STABLE)));
            for (ListGroupsOptions filter : filters) Cases.until(() -> listed(group, filter), () -> group);
            Cases.that(!listed(group, new ListGroupsOptions().inGroupStates(Set.of(GroupState.EMPTY))), "listed as an empty group");
            describedAs(group, fake, topicOf);
            Cases.until(() -> {
                OffsetAndMetadata committed = on.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().get(first);
                return committed != null && committed.offset() == 1;
            }, () -> "a commit");
            var stable = new ListConsumerGroupOffsetsOptions().requireStable(true);
            var spec = Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(Set.of(first)));
            Cases.equal(1L, on.admin().listConsumerGroupOffsets(group, stable).partitionsToOffsetAndMetadata().get().get(first).offset());
            Cases.equal(1L, on.admin().listConsumerGroupOffsets(spec, stable).partitionsToOffsetAndMetadata().get().get(first).offset());
            removed(group, fake);
            Cases.equal(null, on.admin().alterConsumerGroupOffsets(group, Map.of(first, new OffsetAndMetadata(0))).all().get());
            Cases.equal(0L, on.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().get(first).offset());
        } finally {
            for (Thread thread : threads) thread.interrupt();
            for (Thread thread : threads) thread.join(10_000);
        }
    }

    private void describedAs(String group, String fake, Map<String, String> topicOf) throws Exception {
        ConsumerGroupDescription description = described(group);
        Cases.equal(group, description.groupId());
        Cases.that(!description.isSimpleConsumerGroup(), description);
        Cases.equal(3, description.members().size());
        Map<String, Integer> assigned = new HashMap<>();
        description.members().forEach(member -> {
            Cases.equal("test_client_id", member.clientId());
            member.assignment().topicPartitions().forEach(tp -> assigned.merge(tp.topic(), 1, Integer::sum));
        });
        for (String topic : topicOf.values()) Cases.equal(2, assigned.get(topic));
        Cases.equal(ALLOWED, description.authorizedOperations());
        Cases.fails(GroupIdNotFoundException.class, "Group " + fake + " not found.",
            on.admin().describeConsumerGroups(List.of(fake)).describedGroups().get(fake));
    }

    private void removed(String group, String fake) throws Exception {
        MemberToRemove nobody = new MemberToRemove("invalid-instance-id");
        var result = on.admin().removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions(Set.of(nobody)));
        Cases.fails(UnknownMemberIdException.class, result.all());
        Cases.fails(UnknownMemberIdException.class, result.memberResult(nobody));
        var deleted = on.admin().deleteConsumerGroups(List.of(group, fake)).deletedGroups();
        Cases.fails(GroupIdNotFoundException.class, deleted.get(fake));
        Cases.fails(GroupNotEmptyException.class, deleted.get(group));
        RemoveMembersFromConsumerGroupOptions one = new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("one")));
        one.reason("test remove");
        Cases.equal(null, on.admin().removeMembersFromConsumerGroup(group, one).all().get());
        Cases.equal(2, described(group).members().size());
        Cases.equal(null, on.admin().removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions()).all().get());
        Cases.equal(0, described(group).members().size());
        Cases.equal(null, on.admin().deleteConsumerGroups(List.of(group)).deletedGroups().get(group).get());
    }

    private void deleteOffsets() throws Exception {
        String group = on.name("group");
        String fake = on.name("fake");
        TopicPartition tp = new TopicPartition(on.topic("offsets", 1), 0);
        TopicPartition other = new TopicPartition(on.name("none"), 0);
        on.send(1, tp);
        try (KafkaConsumer<byte[], byte[]> consumer = on.consumer("group.id", group, "session.timeout.ms", 30_000)) {
            consumer.subscribe(List.of(tp.topic()));
            Cases.read(consumer, 1);
            consumer.commitSync();
            var result = on.admin().deleteConsumerGroupOffsets(group, Set.of(tp, other));
            Cases.fails(GroupSubscribedToTopicException.class, result.partitionResult(tp));
            Cases.fails(UnknownTopicOrPartitionException.class, result.partitionResult(other));
            var none = on.admin().deleteConsumerGroupOffsets(fake, Set.of(tp, other));
            Cases.fails(GroupIdNotFoundException.class, none.all());
            Cases.fails(GroupIdNotFoundException.class, none.partitionResult(tp));
            Cases.fails(GroupIdNotFoundException.class, none.partitionResult(other));
        }
        var result = on.admin().deleteConsumerGroupOffsets(group, Set.of(tp, other));
        Cases.fails(UnknownTopicOrPartitionException.class, result.all());
        Cases.equal(null, result.partitionResult(tp).get());
        Cases.fails(UnknownTopicOrPartitionException.class, result.partitionResult(other));
    }

    private void alterOffsetsOfMembers() throws Exception {
        String group = on.name("group");
        TopicPartition tp = new TopicPartition(on.topic("offsets", 1), 0);
        try (KafkaConsumer<byte[], byte[]> consumer = on.consumer("group.id", group)) {
            consumer.subscribe(List.of(tp.topic()));
            Cases.assigned(consumer, List.of(tp));
            Cases.fails(UnknownMemberIdException.class, on.admin().alterConsumerGroupOffsets(group, Map.of(tp, new OffsetAndMetadata(0))).partitionResult(tp));
        }
    }
}
