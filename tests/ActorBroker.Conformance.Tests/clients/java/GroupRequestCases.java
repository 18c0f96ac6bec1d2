import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** The request tests of classic groups: JoinGroup, SyncGroup, Heartbeat, LeaveGroup, their administration and their offsets, version by version. */
final class GroupRequestCases {
    private static final byte[] NOTHING = {};
    private final Cases on;
    private final Wire wire;
    private String topic;
    private Uuid topicId;

    GroupRequestCases(Cases on) {
        this.on = on;
        wire = new Wire(on.bootstrap);
    }

    void add() {
        each("testJoinGroup", ApiKeys.JOIN_GROUP, this::join);
        each("testSyncGroup", ApiKeys.SYNC_GROUP, this::sync);
        each("testHeartbeat", ApiKeys.HEARTBEAT, this::heartbeat);
        each("testLeaveGroup", ApiKeys.LEAVE_GROUP, this::leave);
        each("testDescribeGroups", ApiKeys.DESCRIBE_GROUPS, this::describe);
        each("testListGroups", ApiKeys.LIST_GROUPS, this::list);
        each("testDeleteGroups", ApiKeys.DELETE_GROUPS, this::delete);
        each("testOffsetCommit", ApiKeys.OFFSET_COMMIT, this::commit);
        each("testOffsetFetch", ApiKeys.OFFSET_FETCH, this::fetch);
        each("testOffsetDelete", ApiKeys.OFFSET_DELETE, this::deleteOffsets);
    }

    private interface OfVersion {
        void run(int version) throws Exception;
    }

    private void each(String name, ApiKeys key, OfVersion body) {
        for (short version : key.allVersions())
            on.add(name + " v" + version, () -> {
                if (topic == null) {
                    topic = on.topic("foo", 3);
                    topicId = on.described(topic, 3).topicId();
                    on.admin().describeConsumerGroups(List.of(on.name("grp"))).describedGroups();
                    on.admin().alterConsumerGroupOffsets(on.name("grp"), java.util.Map.of(new org.apache.kafka.common.TopicPartition(topic, 0),
                        new org.apache.kafka.clients.consumer.OffsetAndMetadata(0))).all().get();
                }
                body.run(version);
            });
    }

    // Requests

    private JoinGroupResponseData ask(int version, String group, String member, String instance, String type, byte[] metadata) throws IOException {
        JoinGroupRequestData.JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestData.JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestData.JoinGroupRequestProtocol().setName("consumer-range").setMetadata(metadata));
        JoinGroupRequestData request = new JoinGroupRequestData().setGroupId(group).setMemberId(member).setGroupInstanceId(instance)
            .setSessionTimeoutMs(60_000).setProtocolType(type).setProtocols(protocols);
        return wire.ask(ApiKeys.JOIN_GROUP, version, version >= 1 ? request.setRebalanceTimeoutMs(250_000) : request);
    }

    private JoinGroupResponseData ask(int version, String group, String member, byte[] metadata) throws IOException {
        return ask(version, group, member, null, "consumer", metadata);
    }

    /** A member of its own, in a generation of its own. */
    private JoinGroupResponseData member(String group, byte[] metadata) throws IOException {
        JoinGroupResponseData first = ask(ApiKeys.JOIN_GROUP.latestVersion(), group, "", metadata);
        Cases.equal(Errors.MEMBER_ID_REQUIRED.code(), first.errorCode());
        JoinGroupResponseData joined = ask(ApiKeys.JOIN_GROUP.latestVersion(), group, first.memberId(), metadata);
        Cases.equal(Errors.NONE.code(), joined.errorCode());
        return joined;
    }

    private JoinGroupResponseData stable(String group, byte[] metadata, byte[] assignment) throws IOException {
        JoinGroupResponseData joined = member(group, metadata);
        synced(ApiKeys.SYNC_GROUP.latestVersion(), group, joined, assignment, assigned(joined, assignment));
        return joined;
    }

    private static SyncGroupRequestAssignment assigned(JoinGroupResponseData to, byte[] assignment) {
        return new SyncGroupRequestAssignment().setMemberId(to.memberId()).setAssignment(assignment);
    }

    private SyncGroupResponseData askSync(int version, String group, String member, int generation, String type, String name,
        SyncGroupRequestAssignment... assignments) throws IOException {
        SyncGroupRequestData request = new SyncGroupRequestData().setGroupId(group).setMemberId(member).setGenerationId(generation)
            .setAssignments(List.of(assignments));
        return wire.ask(ApiKeys.SYNC_GROUP, version, request.setProtocolType(type).setProtocolName(name));
    }

    private void synced(int version, String group, JoinGroupResponseData as, byte[] wanted, SyncGroupRequestAssignment... assignments) throws IOException {
        Cases.equal(new SyncGroupResponseData().setProtocolType(version >= 5 ? "consumer" : null).setProtocolName(version >= 5 ? "consumer-range" : null)
            .setAssignment(wanted), askSync(version, group, as.memberId(), as.generationId(), "consumer", "consumer-range", assignments));
    }

    private void syncRefused(int version, Errors error, String group, String member, int generation, String type, String name) throws IOException {
        Cases.equal(new SyncGroupResponseData().setErrorCode(error.code()).setProtocolType(null).setProtocolName(null).setAssignment(NOTHING),
            askSync(version, group, member, generation, type, name));
    }

    private void leaves(String group, String member) throws IOException {
        LeaveGroupResponseData left = wire.ask(ApiKeys.LEAVE_GROUP, new LeaveGroupRequestData().setGroupId(group)
            .setMembers(List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId(member))));
        Cases.equal(Errors.NONE.code(), left.members().get(0).errorCode());
    }

    private String state(String group) throws IOException {
        DescribeGroupsResponseData described = wire.ask(ApiKeys.DESCRIBE_GROUPS, new DescribeGroupsRequestData().setGroups(List.of(group)));
        return described.groups().get(0).groupState();
    }

    private static <T> CompletableFuture<T> meanwhile(java.util.concurrent.Callable<T> what) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return what.call();
            } catch (Exception thrown) {
                throw new CompletionException(thrown);
            }
        });
    }

    private static byte[] subscription(String topic) {
        return ConsumerProtocol.serializeSubscription(new Subscription(List.of(topic))).array();
    }

    private static void equal(JoinGroupResponseData wanted, JoinGroupResponseData got) {
        JoinGroupResponseData sorted = got.duplicate();
        sorted.members().sort(Comparator.comparing(JoinGroupResponseMember::memberId));
        List<JoinGroupResponseMember> members = new ArrayList<>(wanted.members());
        members.sort(Comparator.comparing(JoinGroupResponseMember::memberId));
        Cases.equal(wanted.setMembers(members), sorted);
    }

    private static JoinGroupResponseMember listed(String member, String instance, byte[] metadata) {
        return new JoinGroupResponseMember().setMemberId(member).setGroupInstanceId(instance).setMetadata(metadata);
    }

    private static JoinGroupResponseData joined(int version, int generation, String leader, String member) {
        return new JoinGroupResponseData().setGenerationId(generation).setProtocolType(version >= 7 ? "consumer" : null)
            .setProtocolName("consumer-range").setLeader(leader).setMemberId(member);
    }

    // JoinGroupRequestTest

    private void join(int version) throws Exception {
        String group = on.name("grp");
        byte[] metadata = subscription(topic);
        String none = version >= 7 ? null : "";
        JoinGroupResponseData first = ask(version, group, "", metadata);
        String leader = first.memberId();
        if (version >= 4) {
            equal(new JoinGroupResponseData().setErrorCode(Errors.MEMBER_ID_REQUIRED.code()).setMemberId(leader).setProtocolName(none), first);
            first = ask(version, group, leader, metadata);
        }
        equal(joined(version, 1, leader, leader).setMembers(List.of(listed(leader, null, metadata))), first);
        synced(5, group, first, new byte[] {1}, assigned(first, new byte[] {1}));

        equal(new JoinGroupResponseData().setMemberId("member-id-unknown").setErrorCode(Errors.UNKNOWN_MEMBER_ID.code()).setProtocolName(none),
            ask(version, group, "member-id-unknown", NOTHING));
        equal(new JoinGroupResponseData().setErrorCode(Errors.INCONSISTENT_GROUP_PROTOCOL.code()).setProtocolName(none),
            ask(version, group, "", null, "connect", NOTHING));

        String instance = version >= 5 ? "group-instance-id" : null;
        String own = version == 4 ? ask(version, group, "", metadata).memberId() : "";
        CompletableFuture<JoinGroupResponseData> joining = meanwhile(() -> ask(version, group, own, instance, "consumer", metadata));
        Cases.until(() -> state(group).equals("PreparingRebalance"), () -> state(group));
        JoinGroupResponseData rejoined = ask(version, group, leader, metadata);
        JoinGroupResponseData follower = joining.get();
        equal(joined(version, 2, leader, follower.memberId()), follower);
        equal(joined(version, 2, leader, leader).setMembers(List.of(listed(leader, null, metadata), listed(follower.memberId(), instance, metadata))), rejoined);
        synced(5, group, rejoined, new byte[] {1}, assigned(rejoined, new byte[] {1}), assigned(follower, new byte[] {2}));
        synced(5, group, follower, new byte[] {2});
        equal(joined(version, 2, leader, follower.memberId()), ask(version, group, follower.memberId(), instance, "consumer", metadata));
        String last = version >= 5 ? fenced(version, group, leader, follower.memberId(), metadata) : follower.memberId();
        leaves(group, leader);
        leaves(group, last);
    }

    private String fenced(int version, String group, String leader, String follower, byte[] metadata) throws Exception {
        CompletableFuture<JoinGroupResponseData> rejoining = meanwhile(() -> ask(version, group, leader, metadata));
        Cases.until(() -> state(group).equals("PreparingRebalance"), () -> state(group));
        JoinGroupResponseData newcomer = ask(version, group, "", "group-instance-id", "consumer", metadata);
        Cases.until(() -> state(group).equals("CompletingRebalance"), () -> state(group));
        JoinGroupResponseData refused = ask(version, group, follower, "group-instance-id", "consumer", metadata);
        equal(joined(version, 3, leader, leader).setMembers(
            List.of(listed(leader, null, metadata), listed(newcomer.memberId(), "group-instance-id", metadata))), rejoining.get());
        equal(joined(version, 3, leader, newcomer.memberId()), newcomer);
        equal(new JoinGroupResponseData().setProtocolName(version >= 7 ? null : "").setMemberId(follower)
            .setErrorCode(Errors.FENCED_INSTANCE_ID.code()), refused);
        return newcomer.memberId();
    }

    // SyncGroupRequestTest

    private void sync(int version) throws Exception {
        String group = on.name("grp");
        byte[] metadata = subscription(topic);
        String type = version < 5 ? null : "consumer";
        String name = version < 5 ? null : "consumer-range";
        syncRefused(version, Errors.UNKNOWN_MEMBER_ID, on.name("grp-unknown"), "member-id", -1, type, name);
        JoinGroupResponseData leader = member(group, metadata);
        if (version >= 5) {
            syncRefused(version, Errors.INCONSISTENT_GROUP_PROTOCOL, group, leader.memberId(), 1, "consumer", "unmatched");
            syncRefused(version, Errors.INCONSISTENT_GROUP_PROTOCOL, group, leader.memberId(), 1, "unmatched", "consumer-range");
        }
        syncRefused(version, Errors.UNKNOWN_MEMBER_ID, group, "member-id-unknown", -1, type, name);
        syncRefused(version, Errors.ILLEGAL_GENERATION, group, leader.memberId(), 2, type, name);
        synced(version, group, leader, new byte[] {1}, assigned(leader, new byte[] {1}));

        CompletableFuture<JoinGroupResponseData> joining = meanwhile(() -> ask(9, group, "", "group-instance-id", "consumer", metadata));
        Cases.until(() -> state(group).equals("PreparingRebalance"), () -> state(group));
        JoinGroupResponseData again = ask(9, group, leader.memberId(), metadata);
        JoinGroupResponseData follower = joining.get();
        SyncGroupRequestAssignment[] both = {assigned(again, new byte[] {1}), assigned(follower, new byte[] {2})};
        synced(version, group, again, new byte[] {1}, both);
        synced(version, group, follower, new byte[] {2});
        synced(version, group, again, new byte[] {1}, both);
        leaves(group, leader.memberId());
        leaves(group, follower.memberId());
    }

    // HeartbeatRequestTest

    private void beat(int version, Errors wanted, String group, String member, int generation) throws IOException {
        HeartbeatResponseData answer = wire.ask(ApiKeys.HEARTBEAT, version,
            new HeartbeatRequestData().setGroupId(group).setMemberId(member).setGenerationId(generation));
        Cases.equal(wanted, Errors.forCode(answer.errorCode()));
    }

    private void heartbeat(int version) throws Exception {
        String group = on.name("grp");
        byte[] metadata = subscription(topic);
        JoinGroupResponseData leader = member(group, metadata);
        String id = leader.memberId();
        beat(version, Errors.UNKNOWN_MEMBER_ID, on.name("grp-unknown"), "member-id-unknown", -1);
        beat(version, Errors.UNKNOWN_MEMBER_ID, on.name("grp-unknown"), id, -1);
        beat(version, Errors.UNKNOWN_MEMBER_ID, group, "member-id-unknown", -1);
        beat(version, Errors.ILLEGAL_GENERATION, group, id, -1);
        beat(version, Errors.NONE, group, id, 1);
        synced(5, group, leader, new byte[] {1}, assigned(leader, new byte[] {1}));
        beat(version, Errors.NONE, group, id, 1);
        String second = ask(9, group, "", metadata).memberId();
        CompletableFuture<JoinGroupResponseData> joining = meanwhile(() -> ask(9, group, second, metadata));
        Cases.until(() -> state(group).equals("PreparingRebalance"), () -> state(group));
        beat(version, Errors.REBALANCE_IN_PROGRESS, group, id, 1);
        ask(9, group, id, metadata);
        joining.get();
        leaves(group, id);
        leaves(group, second);
        beat(version, Errors.UNKNOWN_MEMBER_ID, group, id, -1);
    }

    // LeaveGroupRequestTest

    private void left(int version, String group, List<String> members, String instance, Errors wanted, Errors... ofMembers) throws IOException {
        LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId(group);
        if (version < 3) request.setMemberId(members.get(0));
        else request.setMembers(members.stream().map(id -> new LeaveGroupRequestData.MemberIdentity().setMemberId(id).setGroupInstanceId(instance)).toList());
        LeaveGroupResponseData answer = wire.ask(ApiKeys.LEAVE_GROUP, version, request);
        Cases.equal(version < 3 && ofMembers.length > 0 ? ofMembers[0] : wanted, Errors.forCode(answer.errorCode()), group);
        if (version >= 3) Cases.equal(List.of(ofMembers), answer.members().stream().map(one -> Errors.forCode(one.errorCode())).toList(), group);
    }

    private void leave(int version) throws Exception {
        String group = on.name("grp");
        String id = stable(group, NOTHING, NOTHING).memberId();
        left(version, "", List.of(id), null, Errors.INVALID_GROUP_ID);
        left(version, "", List.of("member-id-unknown"), null, Errors.INVALID_GROUP_ID);
        left(version, on.name("grp-unknown"), List.of(id), null, Errors.NONE, Errors.UNKNOWN_MEMBER_ID);
        if (version < 3) left(version, group, List.of("unknown-member-id"), null, Errors.NONE, Errors.UNKNOWN_MEMBER_ID);
        else left(version, group, List.of("unknown-member-id", ""), null, Errors.NONE, Errors.UNKNOWN_MEMBER_ID, Errors.UNKNOWN_MEMBER_ID);
        left(version, group, List.of(id), null, Errors.NONE, Errors.NONE);
        Cases.equal("Empty", state(group));
        if (version < 3) return;
        String other = on.name("grp");
        JoinGroupResponseData fixed = ask(9, other, "", "group-instance-id", "consumer", NOTHING);
        synced(5, other, fixed, NOTHING, assigned(fixed, NOTHING));
        left(version, other, List.of("member-id-fenced"), "group-instance-id", Errors.NONE, Errors.FENCED_INSTANCE_ID);
        left(version, other, List.of(""), "group-instance-id", Errors.NONE, Errors.NONE);
        Cases.equal("Empty", state(other));
    }

    // DescribeGroupsRequestTest, ListGroupsRequestTest, DeleteGroupsRequestTest

    private void describe(int version) throws Exception {
        String one = on.name("grp");
        String two = on.name("grp");
        String none = on.name("grp-unknown");
        String first = stable(one, new byte[] {1, 2, 3}, new byte[] {4, 5, 6}).memberId();
        String second = member(two, new byte[] {1, 2, 3}).memberId();
        DescribeGroupsResponseData answer = wire.ask(ApiKeys.DESCRIBE_GROUPS, version, new DescribeGroupsRequestData().setGroups(List.of(one, two, none)));
        DescribedGroup unknown = new DescribedGroup().setGroupId(none).setGroupState("Dead");
        if (version >= 6) unknown.setErrorCode(Errors.GROUP_ID_NOT_FOUND.code()).setErrorMessage("Group " + none + " not found.");
        Cases.equal(Set.of(
            new DescribedGroup().setGroupId(one).setGroupState("Stable").setProtocolType("consumer").setProtocolData("consumer-range")
                .setMembers(List.of(described(first, new byte[] {1, 2, 3}, new byte[] {4, 5, 6}))),
            new DescribedGroup().setGroupId(two).setGroupState("CompletingRebalance").setProtocolType("consumer")
                .setMembers(List.of(described(second, NOTHING, NOTHING))), unknown), new HashSet<>(answer.groups()));
        leaves(one, first);
        leaves(two, second);
    }

    private static DescribedGroupMember described(String member, byte[] metadata, byte[] assignment) {
        return new DescribedGroupMember().setMemberId(member).setGroupInstanceId(null).setClientId("client-id").setClientHost("/127.0.0.1")
            .setMemberMetadata(metadata).setMemberAssignment(assignment);
    }

    private Set<ListedGroup> listed(int version, String prefix, List<String> states, List<String> types) throws IOException {
        ListGroupsRequestData request = new ListGroupsRequestData();
        if (version >= 4) request.setStatesFilter(states);
        if (version >= 5) request.setTypesFilter(types);
        ListGroupsResponseData answer = wire.ask(ApiKeys.LIST_GROUPS, version, request);
        Set<ListedGroup> mine = new HashSet<>();
        for (ListedGroup one : answer.groups()) if (one.groupId().startsWith(prefix)) mine.add(one);
        return mine;
    }

    private static ListedGroup listing(int version, String group, String state) {
        return new ListedGroup().setGroupId(group).setProtocolType("consumer").setGroupState(version >= 4 ? state : "")
            .setGroupType(version >= 5 ? "classic" : "");
    }

    private void list(int version) throws Exception {
        String prefix = on.name("listed") + "-";
        String first = stable(prefix + 1, NOTHING, NOTHING).memberId();
        String second = member(prefix + 2, NOTHING).memberId();
        leaves(prefix + 3, stable(prefix + 3, NOTHING, NOTHING).memberId());
        ListedGroup one = listing(version, prefix + 1, "Stable");
        ListedGroup two = listing(version, prefix + 2, "CompletingRebalance");
        ListedGroup three = listing(version, prefix + 3, "Empty");
        Cases.equal(Set.of(one, two, three), listed(version, prefix, List.of(), List.of()));
        if (version >= 4) {
            Cases.equal(Set.of(one), listed(version, prefix, List.of("Stable"), List.of()));
            Cases.equal(Set.of(two), listed(version, prefix, List.of("CompletingRebalance", "Reconciling"), List.of()));
            Cases.equal(Set.of(one, three), listed(version, prefix, List.of("Stable", "Empty", "Empty"), List.of()));
            Cases.equal(Set.of(), listed(version, prefix, List.of("Assigning"), List.of()));
        }
        if (version >= 5) {
            Cases.equal(Set.of(), listed(version, prefix, List.of("Stable"), List.of("consumer")));
            Cases.equal(Set.of(one, two, three), listed(version, prefix, List.of(), List.of("classic")));
        }
        leaves(prefix + 1, first);
        leaves(prefix + 2, second);
        Cases.equal(List.of(Errors.NONE, Errors.NONE, Errors.NONE), deleted(2, prefix + 1, prefix + 2, prefix + 3));
        Cases.equal(Set.of(), listed(version, prefix, List.of(), List.of()));
    }

    private List<Errors> deleted(int version, String... groups) throws IOException {
        DeleteGroupsResponseData answer = wire.ask(ApiKeys.DELETE_GROUPS, version, new DeleteGroupsRequestData().setGroupsNames(List.of(groups)));
        List<Errors> errors = new ArrayList<>();
        for (String group : groups) errors.add(Errors.forCode(answer.results().find(group).errorCode()));
        return errors;
    }

    private void delete(int version) throws Exception {
        String busy = on.name("grp");
        String empty = on.name("grp");
        String id = stable(busy, NOTHING, NOTHING).memberId();
        leaves(empty, stable(empty, NOTHING, NOTHING).memberId());
        Cases.equal(List.of(Errors.NON_EMPTY_GROUP, Errors.NONE, Errors.GROUP_ID_NOT_FOUND, Errors.GROUP_ID_NOT_FOUND),
            deleted(version, busy, empty, "", on.name("grp-unknown")));
        Cases.equal("Dead", state(empty));
        leaves(busy, id);
    }

    // OffsetCommitRequestTest, OffsetFetchRequestTest, OffsetDeleteRequestTest

    private void committed(int version, Errors wanted, String group, String member, int epoch, int partition, long offset) throws IOException {
        OffsetCommitRequestData.OffsetCommitRequestTopic of = new OffsetCommitRequestData.OffsetCommitRequestTopic().setPartitions(List.of(
            new OffsetCommitRequestData.OffsetCommitRequestPartition().setPartitionIndex(partition).setCommittedOffset(offset)));
        OffsetCommitResponseData answer = wire.ask(ApiKeys.OFFSET_COMMIT, version, new OffsetCommitRequestData().setGroupId(group).setMemberId(member)
            .setGenerationIdOrMemberEpoch(epoch).setTopics(List.of(version >= 10 ? of.setTopicId(topicId) : of.setName(topic))));
        OffsetCommitResponseData.OffsetCommitResponseTopic back = new OffsetCommitResponseData.OffsetCommitResponseTopic().setPartitions(List.of(
            new OffsetCommitResponseData.OffsetCommitResponsePartition().setPartitionIndex(partition).setErrorCode(wanted.code())));
        Cases.equal(new OffsetCommitResponseData().setTopics(List.of(version >= 10 ? back.setTopicId(topicId) : back.setName(topic))), answer);
    }

    private void commit(int version) throws Exception {
        String group = on.name("grp");
        JoinGroupResponseData joined = stable(group, NOTHING, NOTHING);
        String id = joined.memberId();
        Errors gone = version >= 9 ? Errors.GROUP_ID_NOT_FOUND : Errors.ILLEGAL_GENERATION;
        committed(version, Errors.NONE, group, id, 1, 0, 100);
        committed(version, gone, on.name("grp-unknown"), id, 1, 0, 100);
        committed(version, gone, "", id, 1, 0, 100);
        committed(version, Errors.UNKNOWN_MEMBER_ID, group, "", 1, 0, 100);
        committed(version, Errors.ILLEGAL_GENERATION, group, id, 2, 0, 100);
        committed(version, Errors.NONE, on.name("grp"), "", -1, 0, 100);
        committed(version, Errors.UNKNOWN_TOPIC_OR_PARTITION, group, id, 1, 17, 100);
        leaves(group, id);
    }

    private List<String> fetched(int version, String group, Integer... partitions) throws IOException {
        List<String> found = new ArrayList<>();
        OffsetFetchRequestData request = new OffsetFetchRequestData();
        if (version >= 8) {
            OffsetFetchRequestData.OffsetFetchRequestTopics of = new OffsetFetchRequestData.OffsetFetchRequestTopics().setPartitionIndexes(List.of(partitions));
            request.setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup().setGroupId(group)
                .setTopics(partitions.length == 0 ? null : List.of(version >= 10 ? of.setTopicId(topicId) : of.setName(topic)))));
            OffsetFetchResponseData answer = wire.ask(ApiKeys.OFFSET_FETCH, version, request);
            Cases.equal(group, answer.groups().get(0).groupId());
            Cases.equal(Errors.NONE.code(), answer.groups().get(0).errorCode());
            answer.groups().get(0).topics().forEach(one -> one.partitions().forEach(each ->
                found.add(each.partitionIndex() + "=" + each.committedOffset() + " " + Errors.forCode(each.errorCode()) + each.metadata())));
        } else {
            request.setGroupId(group).setTopics(partitions.length == 0 ? null
                : List.of(new OffsetFetchRequestData.OffsetFetchRequestTopic().setName(topic).setPartitionIndexes(List.of(partitions))));
            OffsetFetchResponseData answer = wire.ask(ApiKeys.OFFSET_FETCH, version, request);
            answer.topics().forEach(one -> one.partitions().forEach(each ->
                found.add(each.partitionIndex() + "=" + each.committedOffset() + " " + Errors.forCode(each.errorCode()) + each.metadata())));
        }
        found.sort(null);
        return found;
    }

    private void fetch(int version) throws Exception {
        String group = on.name("grp");
        JoinGroupResponseData joined = stable(group, NOTHING, NOTHING);
        for (int partition = 0; partition < 3; partition++) committed(8, Errors.NONE, group, joined.memberId(), 1, partition, 100 + partition);
        Cases.equal(List.of("0=100 NONE", "1=101 NONE", "5=-1 NONE"), fetched(version, group, 0, 1, 5));
        Cases.equal(List.of("0=-1 NONE", "5=-1 NONE"), fetched(version, on.name("grp-unknown"), 0, 5));
        if (version >= 2) {
            Cases.equal(List.of("0=100 NONE", "1=101 NONE", "2=102 NONE"), fetched(version, group));
            Cases.equal(List.of(), fetched(version, on.name("grp-unknown")));
        }
        leaves(group, joined.memberId());
    }

    private void offsetDeleted(int version, Errors wanted, Errors ofPartition, String group, int partition) throws IOException {
        OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection topics = new OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection();
        topics.add(new OffsetDeleteRequestData.OffsetDeleteRequestTopic().setName(topic).setPartitions(List.of(
            new OffsetDeleteRequestData.OffsetDeleteRequestPartition().setPartitionIndex(partition))));
        OffsetDeleteResponseData answer = wire.ask(ApiKeys.OFFSET_DELETE, version, new OffsetDeleteRequestData().setGroupId(group).setTopics(topics));
        Cases.equal(wanted, Errors.forCode(answer.errorCode()));
        if (wanted != Errors.NONE) Cases.equal(0, answer.topics().size());
        else Cases.equal(ofPartition, Errors.forCode(answer.topics().find(topic).partitions().find(partition).errorCode()));
    }

    private void deleteOffsets(int version) throws Exception {
        String group = on.name("grp");
        JoinGroupResponseData joined = stable(group, subscription(topic), NOTHING);
        for (int partition = 0; partition < 3; partition++) committed(9, Errors.NONE, group, joined.memberId(), 1, partition, 100);
        offsetDeleted(version, Errors.NONE, Errors.GROUP_SUBSCRIBED_TO_TOPIC, group, 0);
        leaves(group, joined.memberId());
        offsetDeleted(version, Errors.NONE, Errors.NONE, group, 0);
        offsetDeleted(version, Errors.NONE, Errors.NONE, group, 1);
        offsetDeleted(version, Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION, group, 5);
        offsetDeleted(version, Errors.GROUP_ID_NOT_FOUND, null, on.name("grp-unknown"), 2);
        offsetDeleted(version, Errors.INVALID_GROUP_ID, null, "", 2);
    }
}
