using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace Tunduk.Adapter.Exchange;

/// <summary>What a dry run found: which stages passed, which refused and why, and what the message would have been. Holds no message and no signature.</summary>
internal sealed class Diagnosis
{
    private static readonly ExchangeStage[] Order =
    [
        ExchangeStage.Authenticate, ExchangeStage.Decode, ExchangeStage.Validate, ExchangeStage.Authorize, ExchangeStage.Filter, ExchangeStage.Sign, ExchangeStage.Append, ExchangeStage.Forward,
    ];

    /// <summary>The exchange as far as it went, in identifiers.</summary>
    public string? Service { get; set; }

    public string? Client { get; set; }

    public string? Agreement { get; set; }

    public int? AgreementVersion { get; set; }

    /// <summary>Fields of the request that the agreement would have removed, by path.</summary>
    public IReadOnlyList<string> Removed { get; set; } = [];

    /// <summary>Bytes of the message that would have left; null when it was not made.</summary>
    public long? MessageSize { get; set; }

    /// <summary>How the dry run ended: with a refusal, or without.</summary>
    public ExchangeAnswer Answer { get; set; } = new();

    /// <summary>As the own information system reads it.</summary>
    public ReadOnlyMemory<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, RefusalMapping.Indented))
        {
            json.WriteStartObject();
            json.WriteBoolean("wouldSend", Answer.Error is null);
            WriteStages(json);
            Write(json, "service", Service);
            Write(json, "client", Client);
            Write(json, "messageId", Answer.MessageId);
            Write(json, "agreement", Agreement);
            if (AgreementVersion is { } version)
            {
                json.WriteNumber("agreementVersion", version);
            }

            json.WriteStartArray("removed");
            foreach (var path in Removed)
            {
                json.WriteStringValue(path);
            }

            json.WriteEndArray();
            if (MessageSize is { } size)
            {
                json.WriteNumber("messageBytes", size);
            }

            if (Answer.Error is { } error)
            {
                json.WritePropertyName("refusal");
                RefusalMapping.WriteProblem(json, error, Answer.Record?.ToString(), Activity.Current?.TraceId.ToString());
            }

            Write(json, "recordId", Answer.Record?.ToString());
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private void WriteStages(Utf8JsonWriter json)
    {
        json.WriteStartArray("stages");
        var outcome = "passed";
        foreach (var stage in Order)
        {
            var refused = Answer.Error?.Stage == stage;
            json.WriteStartObject();
            json.WriteString("stage", RefusalMapping.StageName(stage));
            json.WriteString("outcome", refused ? "refused" : stage == ExchangeStage.Forward ? "not run" : outcome);
            json.WriteEndObject();
            outcome = refused ? "not reached" : outcome;
        }

        json.WriteEndArray();
    }
}
