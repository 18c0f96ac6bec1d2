using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text;
using ActorBroker.Protocol.Generator.Emit;
using ActorBroker.Protocol.Generator.Schema;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace ActorBroker.Protocol.Generator;

/// <summary>
/// Turns the .schema files among the additional files into message classes with their codecs, a source file each, and one catalog of
/// all of them. A file that did not change is not generated again.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class SchemaGenerator : IIncrementalGenerator
{
    private static readonly DiagnosticDescriptor BadSchema = new(
        "ABP001", "Schema cannot be read", "{0}", "ActorBroker.Protocol", DiagnosticSeverity.Error, isEnabledByDefault: true);

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var schemas = context.AdditionalTextsProvider
            .Where(file => file.Path.EndsWith(".schema", StringComparison.Ordinal))
            .Select((file, cancel) => (file.Path, Text: file.GetText(cancel)?.ToString() ?? ""));
        context.RegisterSourceOutput(schemas, EmitFile);
        context.RegisterSourceOutput(schemas.Collect(), EmitCatalog);
    }

    private static void EmitFile(SourceProductionContext context, (string Path, string Text) schema)
    {
        try
        {
            var file = SchemaParser.Parse(schema.Text);
            if (file.Messages.Count == 0) return;
            var name = Path.GetFileNameWithoutExtension(schema.Path) + ".g.cs";
            context.AddSource(name, SourceText.From(MessageEmitter.Emit(file), Encoding.UTF8));
        }
        catch (SchemaException problem)
        {
            var line = new LinePosition(Math.Max(0, problem.Line - 1), 0);
            var location = Location.Create(schema.Path, default, new LinePositionSpan(line, line));
            context.ReportDiagnostic(Diagnostic.Create(BadSchema, location, problem.Message));
        }
    }

    private static void EmitCatalog(SourceProductionContext context, ImmutableArray<(string Path, string Text)> schemas)
    {
        try
        {
            var ordered = schemas.OrderBy(schema => schema.Path, StringComparer.Ordinal);
            var files = ordered.Select(schema => SchemaParser.Parse(schema.Text)).ToList();
            context.AddSource("Catalog.g.cs", SourceText.From(CatalogEmitter.Emit(files), Encoding.UTF8));
        }
        catch (SchemaException)
        {
            context.AddSource("Catalog.g.cs", "// a schema cannot be read; its own diagnostic says why");
        }
    }
}
