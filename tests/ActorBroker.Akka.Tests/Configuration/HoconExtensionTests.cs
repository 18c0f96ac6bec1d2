using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorBroker.Akka.Tests.Configuration;

/// <summary>HOCON's specification where the official engine's reader stops short of it; those tests are skipped there.</summary>
public class HoconExtensionTests
{
    private static Config Parse(string hocon)
    {
        Skip.If(typeof(Config).Assembly.GetName().Name == "Akka", "the official engine's HOCON reader does not have this");
        return ConfigurationFactory.ParseString(hocon);
    }

    [SkippableFact]
    public void An_optional_substitution_that_finds_nothing_leaves_the_value_before_it()
    {
        var config = Parse("a = 1\na = ${?no.such.key}\nb = ${?no.such.key}\nc = [${?no.such.key}, 2]\nd = x${?no.such.key}y");
        Assert.Equal(1, config.GetInt("a"));
        Assert.False(config.HasPath("b"));
        Assert.Equal([2], config.GetIntList("c"));
        Assert.Equal("xy", config.GetString("d"));
    }

    [SkippableFact]
    public void What_the_document_lacks_comes_from_the_environment()
    {
        var name = "ACTORBROKER_TEST_" + Guid.NewGuid().ToString("N");
        Environment.SetEnvironmentVariable(name, "from-env");
        var config = Parse($"a = ${{{name}}}\nb = default\nb = ${{?{name}}}");
        Assert.Equal("from-env", config.GetString("a"));
        Assert.Equal("from-env", config.GetString("b"));
    }

    [SkippableFact]
    public void A_field_may_refer_to_its_own_earlier_value()
    {
        var config = Parse("p = /bin\np = ${p}\":/usr/bin\"\np = ${p}\":/opt\"\nl = [1]\nl = ${l} [2]\no { x = 1 }\no = ${o} { y = 2 }");
        Assert.Equal("/bin:/usr/bin:/opt", config.GetString("p"));
        Assert.Equal([1, 2], config.GetIntList("l"));
        Assert.Equal([1, 2], new[] { config.GetInt("o.x"), config.GetInt("o.y") });
    }

    [SkippableFact]
    public void Plus_equals_appends_to_an_array()
    {
        var config = Parse("a += 1\na += 2\nb = [x]\nb += ${y}\ny = z\nc.d += { k = 1 }");
        Assert.Equal([1, 2], config.GetIntList("a"));
        Assert.Equal(["x", "z"], config.GetStringList("b"));
        Assert.Single(config.GetValue("c.d")!.GetArray());
        Assert.Throws<FormatException>(() => Parse("a = 1\na += 2"));
    }

    [SkippableFact]
    public void Objects_concatenate_and_inherit()
    {
        var config = Parse("""
            base { a = 1, b { c = 2 } }
            east = ${base} { a = 5, b.d = 3 }
            west = ${base}
            west { a = 6 }
            peek = ${east.b}
            inner { x = 1, y = ${inner.x} }
            """);
        Assert.Equal(5, config.GetInt("east.a"));
        Assert.Equal([2, 3], new[] { config.GetInt("east.b.c"), config.GetInt("east.b.d") });
        Assert.Equal([6, 2], new[] { config.GetInt("west.a"), config.GetInt("west.b.c") });
        Assert.Equal([2, 3], new[] { config.GetInt("peek.c"), config.GetInt("peek.d") });
        Assert.Equal(1, config.GetInt("inner.y"));
    }

    [SkippableFact]
    public void Booleans_may_be_yes_and_no()
    {
        var config = Parse("a = yes, b = no");
        Assert.True(config.GetBoolean("a"));
        Assert.False(config.GetBoolean("b", true));
    }

    [SkippableFact]
    public void An_included_document_may_refer_to_itself_and_to_its_includer()
    {
        Parse("");
        var config = ConfigurationFactory.ParseString("outer = 9\nat { include file(\"x\")\n}", _ =>
            Parser.Parse("own = 1\nhere = ${own}\nthere = ${outer}", null));
        Assert.Equal(1, config.GetInt("at.here"));
        Assert.Equal(9, config.GetInt("at.there"));
    }

    [SkippableTheory]
    [InlineData("a = 1\nb = }", "line 2, column 5")]
    [InlineData("a { b = 1", "line 1, column 10")]
    [InlineData("a = [1, 2", "line 1, column 10")]
    [InlineData("a = \"open", "line 1, column 5")]
    [InlineData("\n\na = \"\"\"open", "line 3, column 8")]
    [InlineData("a = 1\n  = 2", "line 2, column 3")]
    [InlineData("a", "line 1, column 2")]
    [InlineData("a = x*y", "line 1, column 6")]
    [InlineData("a = \"\\q\"", "line 1, column 7")]
    [InlineData("a = ${b", "line 1, column 8")]
    [InlineData("a = 1\nb = ${a} [2]", "line 2, column 5")]
    [InlineData("a = 1\nb = ${c}", "line 2, column 5")]
    [InlineData("a = 1\ninclude \"x\"", "line 2, column 9")]
    public void An_error_names_line_and_column(string hocon, string position)
    {
        var error = Assert.Throws<FormatException>(() => Parse(hocon));
        Assert.Contains(position, error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_value_of_the_wrong_form_is_refused_with_its_path()
    {
        var config = Parse("a.b = x, a.c = {}");
        Assert.Contains("a.b", Assert.Throws<FormatException>(() => config.GetInt("a.b")).Message, StringComparison.Ordinal);
        Assert.Contains("a.b", Assert.Throws<NotSupportedException>(() => config.GetBoolean("a.b")).Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => config.GetInt("a.c"));
    }

    [SkippableTheory]
    [InlineData("a = ${a}")]
    [InlineData("a = ${b}\nb = ${a}")]
    [InlineData("a { b = ${a} }")]
    [InlineData("a = ${b.x}\nb = ${c}\nc = ${b}")]
    public void A_substitution_that_refers_to_itself_is_an_error(string hocon)
    {
        Assert.Throws<FormatException>(() => Parse(hocon));
    }

    [SkippableFact]
    public void Texts_that_would_exhaust_stack_or_memory_are_refused()
    {
        Assert.Throws<FormatException>(() => Parse(string.Concat(Enumerable.Repeat("a{", 100_000))));
        Assert.Throws<FormatException>(() => Parse("a = " + new string('[', 100_000)));
        Assert.Throws<FormatException>(() => Parse(string.Join('.', Enumerable.Repeat("a", 100_000)) + " = 1"));
        var doubling = string.Concat(Enumerable.Range(1, 40).Select(i => $"k{i} = ${{k{i - 1}}}${{k{i - 1}}}\n"));
        Assert.Throws<FormatException>(() => Parse("k0 = \"0123456789\"\n" + doubling));
        Assert.Throws<FormatException>(() => Parse("k0 = [0]\n" + doubling));
        static HoconRoot Again(string name) => Parser.Parse("include \"me\"", Again);
        Assert.Throws<FormatException>(() => ConfigurationFactory.ParseString("include \"me\"", Again));
    }
}
