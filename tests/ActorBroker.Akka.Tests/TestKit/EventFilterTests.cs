using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;
using Xunit.Sdk;

namespace ActorBroker.Akka.Tests.TestKit;

public class EventFilterTests() : global::Akka.TestKit.Xunit2.TestKit(
    "akka { loglevel = DEBUG, stdout-loglevel = OFF, test.filter-leeway = 1s }")
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void An_event_is_matched_by_level_and_text()
    {
        EventFilter.Error("exactly this").ExpectOne(() => Sys.Log.Error("exactly this"));
        EventFilter.Warning(start: "starts").ExpectOne(() => Sys.Log.Warning("starts so"));
        EventFilter.Info(contains: "middle").ExpectOne(() => Sys.Log.Info("in the middle of it"));
        EventFilter.Debug(new Regex("^d.*g$")).ExpectOne(() => Sys.Log.Debug("debugging"));
        EventFilter.Info("value 7").ExpectOne(() => Sys.Log.Info("value {0}", 7));
    }

    [Fact]
    public void An_exception_is_matched_by_type_and_message()
    {
        EventFilter.Exception<FormatException>().ExpectOne(() => Sys.Log.Error(new FormatException("f"), "logged"));
        EventFilter.Exception<FormatException>("f").ExpectOne(() => Sys.Log.Error(new FormatException("f"), "logged"));
        EventFilter.Exception<Exception>(contains: "ogge").ExpectOne(() => Sys.Log.Error(new FormatException("f"), "logged"));
        Assert.ThrowsAny<XunitException>(() =>
            EventFilter.Exception<IOException>().ExpectOne(Short, () => Sys.Log.Error(new FormatException("f"), "logged")));
    }

    [Fact]
    public async Task Too_few_and_too_many_events_fail()
    {
        Assert.ThrowsAny<XunitException>(() => EventFilter.Info("x").ExpectOne(Short, () => { }));
        Assert.ThrowsAny<XunitException>(() => EventFilter.Info("x").Expect(3, Short, () => Sys.Log.Info("x")));
        EventFilter.Info("x").Expect(2, () =>
        {
            Sys.Log.Info("x");
            Sys.Log.Info("x");
        });
        await EventFilter.Info("y").ExpectOneAsync(async () =>
        {
            await Task.Yield();
            Sys.Log.Info("y");
        });
        Assert.Equal(5, EventFilter.Info("z").ExpectOne(() =>
        {
            Sys.Log.Info("z");
            return 5;
        }));
    }

    [Fact]
    public void Alternatives_count_together()
    {
        EventFilter.Info("a").And.Warning("b").Expect(2, () =>
        {
            Sys.Log.Info("a");
            Sys.Log.Warning("b");
        });
    }

    [Fact]
    public void A_crash_of_an_actor_is_logged_with_its_path()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Crashing()), "crashing");
        EventFilter.Exception<InvalidDataException>("boom", source: "akka://test/user/crashing").ExpectOne(() => actor.Tell("go"));
    }

    [Fact]
    public void A_dead_letter_is_matched_by_its_message()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Crashing()));
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        EventFilter.DeadLetter<string>(m => m == "late").ExpectOne(() => actor.Tell("late"));
        EventFilter.DeadLetter().ExpectOne(() => actor.Tell(1));
        EventFilter.DeadLetter<int>().ExpectOne(() => actor.Tell(2));
    }

    [Fact]
    public void A_custom_condition_matches()
    {
        EventFilter.Custom(e => e.LogLevel() == LogLevel.WarningLevel).ExpectOne(() => Sys.Log.Warning("w"));
        EventFilter.Custom<Info>(e => e.Message.ToString() == "i").ExpectOne(() => Sys.Log.Info("i"));
    }

    [Fact]
    public void Muted_events_may_come_in_any_number()
    {
        EventFilter.Info("x").Mute(() =>
        {
            Sys.Log.Info("x");
            Sys.Log.Info("x");
        });
        using (EventFilter.Info("y").Mute())
            Sys.Log.Info("y");
        EventFilter.Info("x").ExpectOne(() => Sys.Log.Info("x"));
    }

    private sealed class Crashing : ReceiveActor
    {
        public Crashing() => Receive<string>(_ => throw new InvalidDataException("boom"));
    }
}
