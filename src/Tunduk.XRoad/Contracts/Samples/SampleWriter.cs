using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Samples;

/// <summary>Writes invented messages that are valid by their contract; the same seed gives the same bytes.</summary>
public static class SampleWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes one message as JSON; false when the contract has no finite or no inventable message (a type that must contain itself, a pattern that no try met).</summary>
    public static bool Write(MessageShape shape, ulong seed, IBufferWriter<byte> json, SampleOptions? options = null, bool indented = false)
    {
        using var writer = new Utf8JsonWriter(json, Options with { Indented = indented });
        var run = new SampleRun(writer, new SeededValues(seed), options ?? SampleOptions.Varied);
        var ok = run.Root(shape.Element);
        writer.Flush();
        return ok;
    }
}
