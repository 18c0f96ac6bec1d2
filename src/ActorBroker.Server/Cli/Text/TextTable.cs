using System.Text;

namespace ActorBroker.Server.Cli.Text;

/// <summary>Columns of text under headings; those whose name starts with '&gt;' are right-aligned, the last is not padded.</summary>
internal sealed class TextTable(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Write(TextWriter writer)
    {
        var headings = columns.Select(c => c.TrimStart('>')).ToArray();
        var widths = headings.Select((h, i) => _rows.Select(row => row[i].Length).Append(h.Length).Max()).ToArray();
        Write(writer, headings, widths);
        foreach (var row in _rows) Write(writer, row, widths);
    }

    private void Write(TextWriter writer, string[] cells, int[] widths)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0) line.Append("  ");
            if (columns[i].StartsWith('>')) line.Append(cells[i].PadLeft(widths[i]));
            else if (i + 1 < cells.Length) line.Append(cells[i].PadRight(widths[i]));
            else line.Append(cells[i]);
        }

        writer.WriteLine(line.ToString().TrimEnd());
    }
}
