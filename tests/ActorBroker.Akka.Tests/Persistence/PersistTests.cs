using Akka.Actor;
using Akka.Persistence;

namespace ActorBroker.Akka.Tests.Persistence;

public class PersistTests : PersistenceSpec
{
    [Fact]
    public void Commands_wait_until_the_handler_of_a_persisted_event_has_run()
    {
        var gate = new TaskCompletionSource();
        var slow = new Scripted("write", gate);
        var actor = StartFresh("a");
        actor.Tell(new Do(a =>
        {
            a.Save(slow);
            a.Report(new Seen("persisting"));
        }));
        actor.Tell("x");
        actor.Tell("y");
        ExpectSeen("persisting");
        Probe.ExpectNoMsg(100);
        gate.SetResult();
        ExpectSeen("persisted", slow);
        ExpectSeen("command", "x");
        ExpectSeen("command", "y");
    }

    [Fact]
    public void Commands_are_handled_while_an_event_is_persisted_asynchronously()
    {
        var gate = new TaskCompletionSource();
        var slow = new Scripted("write", gate);
        var actor = StartFresh("a");
        actor.Tell(new Do(a => a.SaveAsync(slow)));
        actor.Tell("x");
        ExpectSeen("command", "x");
        gate.SetResult();
        ExpectSeen("persisted", slow);
    }

    [Fact]
    public void What_is_persisted_during_a_write_is_the_next_batch()
    {
        var gate = new TaskCompletionSource();
        var slow = new Scripted("write", gate);
        var actor = StartFresh("a");
        actor.Tell(new Do(a => a.SaveAsync(slow)));
        foreach (var e in Enumerable.Range(1, 20))
            actor.Tell(new Do(a => a.SaveAsync(e)));
        actor.Tell("x");
        ExpectSeen("command", "x");
        gate.SetResult();
        ExpectSeen("persisted", slow);
        foreach (var e in Enumerable.Range(1, 20))
            ExpectSeen("persisted", e);
    }

    [Fact]
    public void A_handler_may_persist_again_before_the_next_command()
    {
        var actor = StartFresh("a");
        actor.Tell(new Do(a => a.Persist("outer", _ =>
        {
            a.Report(new Seen("outer"));
            a.Save("inner");
        })));
        actor.Tell("x");
        ExpectSeen("outer");
        ExpectSeen("persisted", "inner");
        ExpectSeen("command", "x");
    }

    [Fact]
    public void Handlers_run_in_the_order_of_the_persist_calls()
    {
        var actor = StartFresh("a");
        actor.Tell(new Do(a =>
        {
            a.Save(1);
            a.SaveAsync(2);
            a.SaveAll(3, 4);
            a.DeferAsync("deferred", d => a.Report(new Seen("deferred", d)));
            a.SaveAsync(5);
        }));
        actor.Tell("x");
        ExpectSeen("persisted", 1);
        ExpectSeen("persisted", 2);
        ExpectSeen("persisted", 3);
        ExpectSeen("persisted", 4);
        Assert.Equal(
            [new Seen("command", "x"), new Seen("deferred", "deferred"), new Seen("persisted", 5)],
            Probe.ReceiveN(3).Cast<Seen>().OrderBy(s => s.What, StringComparer.Ordinal));
    }

    [Fact]
    public void A_deferred_handler_runs_at_once_when_nothing_is_pending_and_is_not_replayed()
    {
        var actor = StartFresh("a");
        actor.Tell(new Do(a =>
        {
            a.DeferAsync("now", d => a.Report(new Seen("deferred", d)));
            a.Report(new Seen("after"));
            a.Save("one");
            a.DeferAsync("later", d => a.Report(new Seen("deferred", d)));
        }));
        ExpectSeen("deferred", "now");
        ExpectSeen("after");
        ExpectSeen("persisted", "one");
        ExpectSeen("deferred", "later");
        Stop(actor);
        Start("a");
        ExpectSeen("started");
        ExpectSeen("replayed", "one");
        ExpectSeen("recovered", 1L);
    }

    [Fact]
    public void The_events_of_one_call_are_rejected_together()
    {
        var actor = StartFresh("a");
        actor.Tell(new Do(a =>
        {
            a.SaveAll("one", new Scripted("reject"), "three");
            a.Save("four");
        }));
        actor.Tell("x");
        ExpectSeen("persist rejected", 1L);
        ExpectSeen("persist rejected", 2L);
        ExpectSeen("persist rejected", 3L);
        ExpectSeen("persisted", "four");
        ExpectSeen("command", "x");
        Stop(actor);
        Start("a");
        ExpectSeen("started");
        ExpectSeen("replayed", "four");
        ExpectSeen("recovered", 4L);
    }

    [Theory]
    [InlineData("fail", "write failed")]
    [InlineData("throw", "write threw")]
    public void A_failed_write_stops_the_actor_and_no_handler_runs(string outcome, string message)
    {
        var actor = StartFresh("a");
        Watch(actor);
        actor.Tell(new Do(a => a.Save(new Scripted(outcome))));
        actor.Tell("x");
        ExpectSeen("persist failed", message);
        ExpectSeen("stopped");
        ExpectTerminated(actor);
        Probe.ExpectNoMsg(50);
    }

    [Fact]
    public void An_actor_that_throws_after_persisting_restarts_with_its_event_and_its_commands()
    {
        var actor = StartFresh("a");
        actor.Tell(new Do(a =>
        {
            a.Save("one");
            throw new InvalidDataException("boom");
        }));
        actor.Tell("x");
        actor.Tell("y");
        ExpectSeen("restarting", "boom");
        ExpectSeen("stopped");
        ExpectSeen("started");
        ExpectSeen("replayed", "one");
        ExpectSeen("recovered", 1L);
        ExpectSeen("command", "x");
        ExpectSeen("command", "y");
    }

    [Fact]
    public void An_actor_that_throws_in_a_handler_restarts_with_its_event_and_its_commands()
    {
        var gate = new TaskCompletionSource();
        var slow = new Scripted("write", gate);
        var actor = StartFresh("a");
        actor.Tell(new Do(a => a.Persist(slow, _ => throw new InvalidDataException("boom"))));
        actor.Tell("x");
        actor.Tell("y");
        gate.SetResult();
        ExpectSeen("restarting", "boom");
        ExpectSeen("stopped");
        ExpectSeen("started");
        ExpectSeen("replayed", slow);
        ExpectSeen("recovered", 1L);
        ExpectSeen("command", "x");
        ExpectSeen("command", "y");
    }

    [Fact]
    public void The_sender_of_the_command_is_the_sender_in_the_handler()
    {
        var client = CreateTestProbe();
        var actor = StartFresh("a");
        actor.Tell(new Do(a => a.Persist("one", _ => a.CurrentSender.Tell("done"))), client.Ref);
        client.ExpectMsg("done");
        Assert.Equal(actor, client.LastSender);
    }

    [Fact]
    public void Messages_from_the_users_stash_come_before_waiting_commands_and_wait_for_each_others_events()
    {
        var actor = StartFresh("a");
        var gate = new TaskCompletionSource();
        actor.Tell(new Do(a => a.Switch(m =>
        {
            if (m is "open")
            {
                a.Persist(new Scripted("write", gate), _ =>
                {
                    a.Switch(c => a.Persist(c, e => a.Report(new Seen("persisted", e))));
                    a.Stash.UnstashAll();
                });
            }
            else
            {
                a.Stash.Stash();
            }
        })));
        foreach (var m in (string[])["s1", "s2", "open", "w1"])
            actor.Tell(m);
        gate.SetResult();
        ExpectSeen("persisted", "s1");
        ExpectSeen("persisted", "s2");
        ExpectSeen("persisted", "w1");
    }

    [Fact]
    public void An_asynchronous_command_persists_after_its_await_and_later_commands_wait()
    {
        var actor = StartFresh("a");
        var gate = new TaskCompletionSource();
        actor.Tell(new DoAsync(async a =>
        {
            await gate.Task;
            a.Save("one");
            a.Report(new Seen("task done"));
        }));
        actor.Tell("x");
        Probe.ExpectNoMsg(50);
        gate.SetResult();
        ExpectSeen("task done");
        ExpectSeen("persisted", "one");
        ExpectSeen("command", "x");
    }

    [Fact]
    public void An_actor_may_name_its_journal()
    {
        const string other = "akka.persistence.journal.inmem";
        var actor = Start(new RecorderSetup("a", Probe, Journal: other));
        ExpectSeen("started");
        ExpectSeen("recovered", 0L);
        actor.Tell(new Do(a => a.Save("in the other")));
        ExpectSeen("persisted", "in the other");
        Stop(actor);
        Stop(StartFresh("a"));
        Start(new RecorderSetup("a", Probe, Journal: other));
        ExpectSeen("started");
        ExpectSeen("replayed", "in the other");
    }

    [Fact]
    public void Deleted_events_are_not_replayed_and_their_numbers_are_not_used_again()
    {
        var actor = StartFresh("a");
        actor.Tell(new Do(a => a.SaveAll("one", "two", "three")));
        Probe.ReceiveN(3);
        actor.Tell(new Do(a => a.DeleteMessages(2)));
        ExpectSeen("command", new DeleteMessagesSuccess(2));
        Stop(actor);
        actor = Start("a");
        ExpectSeen("started");
        ExpectSeen("replayed", "three");
        ExpectSeen("recovered", 3L);
        actor.Tell(new Do(a => a.DeleteMessages(long.MaxValue)));
        ExpectSeen("command", new DeleteMessagesSuccess(3));
        Stop(actor);
        Start("a");
        ExpectSeen("started");
        ExpectSeen("recovered", 3L);
    }

    [Fact]
    public void A_deletion_that_cannot_be_done_is_answered_with_a_failure()
    {
        var actor = StartFresh(ScriptedJournal.DeleteFails);
        actor.Tell(new Do(a => a.DeleteMessages(7)));
        Probe.ExpectMsg<Seen>(s => s.Detail is DeleteMessagesFailure { ToSequenceNr: 7 });
        actor.Tell(new Do(a => a.Save("one")));
        ExpectSeen("persisted", "one");
        actor.Tell(new Do(a => a.DeleteMessages(1)));
        Probe.ExpectMsg<Seen>(s => s.Detail is DeleteMessagesFailure { ToSequenceNr: 1, Cause: IOException });
    }

    [Fact]
    public void Ten_thousand_events_keep_their_order()
    {
        const int count = 10_000;
        var actor = StartFresh("a");
        for (var i = 0; i < count; i++)
        {
            var e = i;
            actor.Tell(new Do(a => a.PersistAsync(e, _ => a.Report(new Seen("persisted", e)))));
        }
        Assert.Equal(Enumerable.Range(0, count), Probe.ReceiveN(count, TimeSpan.FromSeconds(20)).Select(m => (int)((Seen)m).Detail!));
        Stop(actor);
        Start("a");
        ExpectSeen("started");
        Assert.Equal(Enumerable.Range(0, count), Probe.ReceiveN(count, TimeSpan.FromSeconds(20)).Select(m => (int)((Seen)m).Detail!));
        ExpectSeen("recovered", (long)count);
    }
}
