using System.Globalization;
using System.Text;

namespace ActorBroker.Server.Telemetry;

/// <summary>
/// Writes metric families in Prometheus' text exposition format: HELP and TYPE once per family, label values escaped, numbers in the
/// invariant culture.
/// </summary>
internal sealed class PrometheusText
{
    private readonly StringBuilder _text = new(16 * 1024);

    public PrometheusText Family(string name, string type, string help)
    {
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    public PrometheusText Sample(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(name);
        for (var i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"");
            Escape(labels[i].Value);
            _text.Append('"');
        }

        if (labels.Length > 0) _text.Append('}');
        _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    /// <summary>A family of one sample without labels.</summary>
    public PrometheusText Single(string name, string type, string help, double value) => Family(name, type, help).Sample(name, value);

    public override string ToString() => _text.ToString();

    private void Escape(string value)
    {
        foreach (var c in value)
        {
            if (c == '\n') _text.Append("\\n");
            else if (c is '\\' or '"') _text.Append('\\').Append(c);
            else _text.Append(c);
        }
    }
}
