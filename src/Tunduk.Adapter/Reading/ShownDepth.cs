using System.Text;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Grants;
using Tunduk.Evidence.Log;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Adapter.Reading;

/// <summary>What of a record is shown at a depth: the one place that decides it, for answers and bundles.</summary>
internal static class ShownDepth
{
    private const int ShownEnds = 2;
    private const int ShortestMasked = 8;

    /// <summary>Whether the names of fields are shown.</summary>
    public static bool Names(GrantDepth depth) => depth >= GrantDepth.Names;

    /// <summary>Whether values are shown whole.</summary>
    public static bool Value(GrantDepth depth) => depth >= GrantDepth.Full;

    /// <summary>Whether this value is shown whole: one computed over fields that were removed or withheld only as evidence, for a short field is found by trying.</summary>
    public static bool Value(GrantDepth depth, string path) => Value(depth) && (depth == GrantDepth.Evidence || !path.StartsWith("$digest/", StringComparison.Ordinal));

    /// <summary>Whether a payload part is shown: as received, from which fields were removed afterwards, only as evidence.</summary>
    public static bool Part(GrantDepth depth, LogEntry entry) => depth == GrantDepth.Evidence || (depth == GrantDepth.Full && !IsBeyondAgreement(entry));

    /// <summary>A value's text with all but its ends hidden, short ones wholly.</summary>
    public static string Masked(ReadOnlySpan<byte> value, ValueType type)
    {
        if (type is not (ValueType.Text or ValueType.Number))
        {
            return "***";
        }

        Rune[] runes = [.. Encoding.UTF8.GetString(value).EnumerateRunes()];
        return runes.Length < ShortestMasked ? "***" : string.Concat(runes[..ShownEnds]) + new string('*', runes.Length - (2 * ShownEnds)) + string.Concat(runes[^ShownEnds..]);
    }

    // A received message whose bytes hold more than the agreement lets through: what came in at the consumer is the response, at the provider the request.
    // What a refusal keeps is a message that no rule was ever applied to.
    private static bool IsBeyondAgreement(LogEntry entry) => entry.Kind is EntryKind.Refusal or EntryKind.OutcomeUnknown || (entry.Flags.HasFlag(EntryFlags.FieldsRemoved)
        && entry is { Role: ExchangeRole.Consumer, Kind: EntryKind.Response } or { Role: ExchangeRole.Provider, Kind: EntryKind.Request });
}
