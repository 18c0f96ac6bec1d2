namespace ActorBroker.Tidy.Tests;

public sealed class SizeTests
{
    private const int SourceLinesMax = 500;
    private const int TestLinesMax = 800;
    private const int MethodLinesMax = 70;
    private const int ColumnsMax = 160;

    [Fact]
    public void Files_stay_readable()
    {
        var tooLong = new List<string>();
        foreach (var (folder, max) in new[] { ("src", SourceLinesMax), ("tests", TestLinesMax) })
            foreach (var path in Tree.Sources(folder))
                if (Tree.Read(path).Count(c => c == '\n') is var lines && lines > max) tooLong.Add($"{path}: {lines} lines, {max} are the limit");
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Methods_fit_on_a_screen()
    {
        var tooLong = new List<string>();
        foreach (var path in Tree.Sources("src"))
            foreach (var (header, line, lines) in new SourceShape(Tree.Read(path)).Methods)
                if (lines > MethodLinesMax) tooLong.Add($"{path}:{line}: {lines} lines: {header.Split('\n')[0]}");
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Lines_fit_into_the_window()
    {
        var tooWide = new List<string>();
        foreach (var path in Tree.Sources("src"))
        {
            var lines = Tree.Read(path).Split('\n');
            for (var i = 0; i < lines.Length; i++)
                if (lines[i].Length > ColumnsMax) tooWide.Add($"{path}:{i + 1}: {lines[i].Length} columns");
        }

        Assert.Empty(tooWide);
    }

    [Fact]
    public void The_reader_of_shapes_sees_what_is_there()
    {
        var shape = new SourceShape("namespace A;\nclass B(int c) : D\n{\n    int E => 1; // {\n    void F()\n    {\n        if (\"}\" == x) { }\n    }\n    int G\n    {\n        get { return 1; }\n    }\n}\n");
        Assert.Single(shape.TopLevelTypes);
        Assert.Equal([("void F()", 3), ("get", 1)], shape.Methods.Select(method => (method.Header, method.Lines)));
    }
}
