namespace Akka.TestKit;

/// <summary>For a test whose own messages are to have no sender; without it the sender is the test actor.</summary>
public interface INoImplicitSender
{
}
