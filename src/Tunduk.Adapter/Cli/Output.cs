using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tunduk.Adapter.Cli;

/// <summary>Prints a command's result: words for people, or JSON with <c>--json</c>.</summary>
internal static class Output
{
    /// <summary>The thing asked about is in order.</summary>
    public const int Ok = 0;

    /// <summary>The thing checked is not in order.</summary>
    public const int NotOk = 1;

    /// <summary>The command was used wrongly.</summary>
    public const int WrongUse = 2;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly AsyncLocal<TextWriter?> Elsewhere = new();

    /// <summary>What is printed from here on, in this flow of control, goes there and not to the console.</summary>
    public static void To(TextWriter writer) => Elsewhere.Value = writer;

    public static void Json(object result) => (Elsewhere.Value ?? Console.Out).WriteLine(JsonSerializer.Serialize(result, Options));

    public static void Line(string text = "") => (Elsewhere.Value ?? Console.Out).WriteLine(text);

    /// <summary>Prints why there is no result, as far as anybody takes it, and gives the exit code for it.</summary>
    public static int Failed(string text)
    {
        try
        {
            Console.Error.WriteLine(text);
        }
        catch (IOException)
        {
            // The exit code says it.
        }

        return NotOk;
    }

    /// <summary>Prints a fault and gives the exit code for it.</summary>
    public static int Wrong(string text)
    {
        Console.Error.WriteLine(text);
        return WrongUse;
    }
}
