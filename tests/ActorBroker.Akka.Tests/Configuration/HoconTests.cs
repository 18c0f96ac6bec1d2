using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorBroker.Akka.Tests.Configuration;

public class HoconTests
{
    private static Config Parse(string hocon) => ConfigurationFactory.ParseString(hocon);

    [Theory]
    [InlineData("a.b.c = 1")]
    [InlineData("a.b.c : 1")]
    [InlineData("a { b { c = 1 } }")]
    [InlineData("a { b.c = 1 }")]
    [InlineData("a = { b = { c = 1 } }")]
    [InlineData("{ \"a\" : { \"b\" : { \"c\" : 1 } } }")]
    [InlineData("a.b { c = 0 }\na.b { c = 1 }")]
    [InlineData("a.b = 7\na.b.c = 1")]
    public void Every_way_to_write_a_path_reads_the_same(string hocon)
    {
        Assert.Equal(1, Parse(hocon).GetInt("a.b.c"));
    }

    [Fact]
    public void Objects_under_one_key_merge_and_other_values_replace()
    {
        var config = Parse("""
            a { x = 1, y = 2, deep { p = 1 } }
            a { y = 3, z = 4, deep { q = 2 } }
            b = [1, 2]
            b = [3]
            c { x = 1 }
            c = text
            """);
        Assert.Equal(1, config.GetInt("a.x"));
        Assert.Equal(3, config.GetInt("a.y"));
        Assert.Equal(4, config.GetInt("a.z"));
        Assert.Equal(1, config.GetInt("a.deep.p"));
        Assert.Equal(2, config.GetInt("a.deep.q"));
        Assert.Equal(["3"], config.GetStringList("b"));
        Assert.Equal("text", config.GetString("c"));
    }

    [Fact]
    public void Comments_and_blank_lines_are_skipped()
    {
        var config = Parse("""
            # one
            // two
            a = 1 # three
            b = 2 // four

            c = [ # five
              1 // six
              2
            ] # seven
            d = "http://host#x" # eight
            """);
        Assert.Equal(1, config.GetInt("a"));
        Assert.Equal(2, config.GetInt("b"));
        Assert.Equal([1, 2], config.GetIntList("c"));
        Assert.Equal("http://host#x", config.GetString("d"));
    }

    [Fact]
    public void Texts_are_unquoted_quoted_or_in_triple_quotes()
    {
        var config = Parse("a = some plain text\nb = \"q\\t\\\"x\\\" \\u0041\"\n"
            + "c = \"\"\"line \"1\"\nline \\2\"\"\"\nd = a\"b\"c\ne = null");
        Assert.Equal("some plain text", config.GetString("a"));
        Assert.Equal("q\t\"x\" A", config.GetString("b"));
        Assert.Equal("line \"1\"\nline \\2", config.GetString("c"));
        Assert.Equal("abc", config.GetString("d"));
        Assert.Null(config.GetString("e"));
        Assert.True(config.HasPath("e"));
    }

    [Fact]
    public void Quotes_keep_a_dot_inside_a_key()
    {
        var config = Parse("a.\"b.c\".d = 1\nakka.actor.deployment { /user/x { router = y }\n\"/user/*\" { router = z } }");
        Assert.Equal(1, config.GetInt("a.\"b.c\".d"));
        Assert.False(config.HasPath("a.b.c.d"));
        Assert.Equal("y", config.GetString("akka.actor.deployment./user/x.router"));
        Assert.Equal("z", config.GetString("akka.actor.deployment.\"/user/*\".router"));
    }

    [Fact]
    public void Arrays_take_commas_lines_objects_and_a_trailing_comma()
    {
        var config = Parse("a = [x, y, z,]\nb = [\n1\n2\n]\nc = [{ k = 1 }, { k = 2 }]\nd = []\ne = [1] [2]\nf = [[1, 2], [3]]");
        Assert.Equal(["x", "y", "z"], config.GetStringList("a"));
        Assert.Equal([1L, 2L], config.GetLongList("b"));
        Assert.Equal([1, 2], config.GetValue("c")!.GetArray().Select(v => v.GetObject()!.GetKey("k")!.GetInt()));
        Assert.Empty(config.GetStringList("d"));
        Assert.Equal([1, 2], config.GetIntList("e"));
        Assert.Equal([2, 1], config.GetValue("f")!.GetArray().Select(v => v.GetArray().Count));
    }

    [Fact]
    public void A_substitution_sees_the_whole_document()
    {
        var config = Parse("""
            a = ${late.value}
            late { value = 5 }
            base { x = 1, y = 2 }
            copy = ${base}
            list = ${items}
            items = [1, 2]
            both = ${items} [3]
            url = "kafka://"${host}":9092"
            host = node-1
            """);
        Assert.Equal(5, config.GetInt("a"));
        Assert.Equal(2, config.GetInt("copy.y"));
        Assert.Equal([1, 2], config.GetIntList("list"));
        Assert.Equal([1, 2, 3], config.GetIntList("both"));
        Assert.Equal("kafka://node-1:9092", config.GetString("url"));
    }

    [Fact]
    public void An_unresolved_substitution_is_an_error_that_names_it()
    {
        var error = Assert.Throws<FormatException>(() => Parse("a = 1\nb = ${no.such.key}"));
        Assert.Contains("no.such.key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_include_merges_the_document_that_the_callback_returns()
    {
        var config = ConfigurationFactory.ParseString("a { include \"x.conf\"\n y = 2 }\nb = 3", name =>
        {
            Assert.Equal("x.conf", name);
            return Parser.Parse("x = 1\ny = 1\nz { k = 0 }", null!);
        });
        Assert.Equal(1, config.GetInt("a.x"));
        Assert.Equal(2, config.GetInt("a.y"));
        Assert.Equal(0, config.GetInt("a.z.k", -1));
        Assert.Equal(3, config.GetInt("b"));
    }

    [Theory]
    [InlineData("5s", 5_000)]
    [InlineData("100 ms", 100)]
    [InlineData("250", 250)]
    [InlineData("1.5 seconds", 1_500)]
    [InlineData("2m", 120_000)]
    [InlineData("1 minute", 60_000)]
    [InlineData("3h", 10_800_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("2000000 ns", 2)]
    [InlineData("3000 micros", 3)]
    [InlineData("0", 0)]
    public void Durations_have_units_and_default_to_milliseconds(string text, int milliseconds)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Parse($"a = {text}").GetTimeSpan("a"));
    }

    [Fact]
    public void A_duration_may_be_infinite_where_that_is_allowed()
    {
        var config = Parse("a = infinite\nb = -1s\nc = soon");
        Assert.Equal(Timeout.InfiniteTimeSpan, config.GetTimeSpan("a"));
        Assert.Throws<FormatException>(() => config.GetTimeSpan("a", null, false));
        Assert.Throws<FormatException>(() => config.GetTimeSpan("b"));
        Assert.Throws<FormatException>(() => config.GetTimeSpan("c"));
        Assert.Equal(TimeSpan.FromSeconds(9), config.GetTimeSpan("absent", TimeSpan.FromSeconds(9)));
        Assert.Equal(TimeSpan.Zero, config.GetTimeSpan("absent"));
    }

    [Theory]
    [InlineData("17", 17)]
    [InlineData("128k", 128 * 1024)]
    [InlineData("1 MiB", 1024 * 1024)]
    [InlineData("1 MB", 1_000_000)]
    [InlineData("2 kB", 2_000)]
    [InlineData("3g", 3L << 30)]
    [InlineData("1t", 1L << 40)]
    [InlineData("12 bytes", 12)]
    public void Byte_sizes_have_binary_and_decimal_units(string text, long bytes)
    {
        Assert.Equal(bytes, Parse($"a = {text}").GetByteSize("a"));
    }

    [Fact]
    public void A_byte_size_without_a_known_unit_is_an_error()
    {
        Assert.Throws<FormatException>(() => Parse("a = 5 parsecs").GetByteSize("a"));
        Assert.Null(Parse("a = 1").GetByteSize("absent"));
        Assert.Equal(7, Parse("a = 1").GetByteSize("absent", 7));
    }

    [Fact]
    public void Booleans_are_on_off_true_false()
    {
        var config = Parse("a = on, b = off, c = true, d = false, e = maybe");
        Assert.True(config.GetBoolean("a"));
        Assert.False(config.GetBoolean("b", true));
        Assert.True(config.GetBoolean("c"));
        Assert.False(config.GetBoolean("d", true));
        Assert.True(config.GetBoolean("absent", true));
        Assert.Throws<NotSupportedException>(() => config.GetBoolean("e"));
    }

    [Fact]
    public void Numbers_are_read_in_the_form_that_is_asked_for()
    {
        var config = Parse("i = -12, l = 9000000000, d = 1.25, e = 2e3, bad = x1");
        Assert.Equal(-12, config.GetInt("i"));
        Assert.Equal(9_000_000_000, config.GetLong("l"));
        Assert.Equal(1.25, config.GetDouble("d"));
        Assert.Equal(1.25f, config.GetFloat("d"));
        Assert.Equal(1.25m, config.GetDecimal("d"));
        Assert.Equal(2000.0, config.GetDouble("e"));
        Assert.Equal(4, config.GetInt("absent", 4));
        Assert.Throws<FormatException>(() => config.GetInt("bad"));
        Assert.Throws<OverflowException>(() => config.GetInt("l"));
    }

    [Fact]
    public void A_fallback_fills_what_is_missing()
    {
        var top = Parse("a { x = 1 }\nlist = [1]\nscalar = 1");
        var middle = Parse("a { x = 2, y = 2 }\nlist = [2, 3]\nscalar { k = 1 }");
        var bottom = Parse("a { z = 3 }\nonly = here");
        var config = top.WithFallback(middle).WithFallback(bottom);
        Assert.Equal([1, 2, 3], new[] { "x", "y", "z" }.Select(k => config.GetInt($"a.{k}")));
        Assert.Equal([1], config.GetIntList("list"));
        Assert.Equal("1", config.GetString("scalar"));
        Assert.Equal("here", config.GetString("only"));
        Assert.Equal(3, config.GetConfig("a")!.AsEnumerable().Count());
        Assert.False(top.HasPath("only"));
        Assert.Equal("here", (top + "only = here").GetString("only"));
    }

    [Fact]
    public void Null_and_empty_sides_of_a_fallback_are_neutral()
    {
        var config = Parse("a = 1");
        Assert.Same(config, config.WithFallback(null));
        Assert.Equal(1, ConfigurationFactory.Empty.WithFallback(config).GetInt("a"));
        Assert.Same(config, ((Config?)null).SafeWithFallback(config));
        Assert.True(((Config?)null).IsNullOrEmpty());
        Assert.True(ConfigurationFactory.Empty.IsEmpty);
        Assert.False(config.IsEmpty);
        Assert.Throws<ArgumentException>(() => config.WithFallback(config));
    }

    [Fact]
    public void A_section_is_a_configuration_of_its_own()
    {
        var config = Parse("a.b { c = 1, d { e = 2 } }");
        var section = config.GetConfig("a.b")!;
        Assert.Equal(1, section.GetInt("c"));
        Assert.Equal(2, section.GetConfig("d")!.GetInt("e"));
        Assert.Null(config.GetConfig("a.x"));
        Assert.Equal(1, config.GetValue("a.b.c")!.AtKey("k").GetInt("k"));
    }

    [Fact]
    public void The_text_of_a_configuration_parses_back_to_the_same()
    {
        var config = Parse("a { b = \"x: y\", c = [1, two], d { e = f } }\n\"k.l\" = 5");
        var again = Parse(config.ToString(true));
        Assert.Equal("x: y", again.GetString("a.b"));
        Assert.Equal(["1", "two"], again.GetStringList("a.c"));
        Assert.Equal("f", again.GetString("a.d.e"));
    }

    [Fact]
    public void An_unquoted_address_is_refused_with_the_advice_to_quote_it()
    {
        var error = Assert.Throws<ConfigurationException>(() => Parse("a = http://x"));
        Assert.Contains("quotes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reference_configuration_has_the_defaults()
    {
        var config = ConfigurationFactory.Default();
        Assert.Equal("INFO", config.GetString("akka.loglevel"));
        Assert.Equal(TimeSpan.FromMilliseconds(10), config.GetTimeSpan("akka.scheduler.tick-duration"));
        Assert.Contains("before-service-unbind", config.GetStringList("akka.coordinated-shutdown.phases.service-unbind.depends-on"));
    }
}
