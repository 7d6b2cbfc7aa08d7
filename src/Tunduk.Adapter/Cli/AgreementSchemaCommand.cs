using System.CommandLine;
using System.Reflection;

namespace Tunduk.Adapter.Cli;

/// <summary><c>agreement schema</c>: the JSON Schema of agreement files, for editors.</summary>
internal static class AgreementSchemaCommand
{
    public static Command Create()
    {
        var command = new Command("schema", Phrases.Of("Cli.PrintJsonSchemaAgreement"));
        command.SetAction(_ =>
        {
            using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("Tunduk.Adapter.Agreements.agreement.schema.json")!);
            Console.Out.Write(reader.ReadToEnd());
            return Output.Ok;
        });
        return command;
    }
}
