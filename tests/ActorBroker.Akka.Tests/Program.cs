using ActorBroker.Akka.Tests.Remote.Processes;

// The test runner loads this assembly; started by a test it is another node.
return args is ["peer", .. var arguments] ? await PeerNode.Run(arguments) : 2;
