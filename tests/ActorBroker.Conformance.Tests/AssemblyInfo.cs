// Each class has a broker of its own; side by side they would only measure the machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
