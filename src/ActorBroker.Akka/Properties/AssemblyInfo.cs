using System.Runtime.CompilerServices;

// The test kit stands in for parts of the engine (schedulers, references); no broker assembly may be named here.
[assembly: InternalsVisibleTo("ActorBroker.Akka.TestKit")]
[assembly: InternalsVisibleTo("ActorBroker.Akka.Tests")]
