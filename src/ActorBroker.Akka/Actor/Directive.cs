namespace Akka.Actor;

/// <summary>What a supervisor does about a failed child.</summary>
public enum Directive
{
    /// <summary>Go on with the next message, state kept.</summary>
    Resume,

    /// <summary>Go on with the next message in a new instance.</summary>
    Restart,

    /// <summary>Fail in the child's place.</summary>
    Escalate,

    Stop,
}
