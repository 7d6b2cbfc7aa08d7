using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Reading;

namespace Tunduk.Adapter.Rpc;

/// <summary>
/// Between the messages of <c>tunduk.adapter.v1.Archive</c> and the values REST takes and gives: both have the same JSON, so that
/// what one face understands the other does too.
/// </summary>
internal static class RpcJson
{
    /// <summary>A request; a refusal where a member has a value that none of its kind has.</summary>
    public static Outcome<T> Read<T>(IMessage message)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(JsonFormatter.Default.Format(message), ArchiveReader.Json)!;
        }
        catch (JsonException exception)
        {
            return ArchiveQueries.Bad(exception.Path ?? "$", RefusalPhrases.Of("value_as_documented_in_archive_proto"), RefusalPhrases.Of("another"));
        }
        catch (InvalidOperationException)
        {
            // A Timestamp outside its range has no JSON.
            return ArchiveQueries.Bad("$", RefusalPhrases.Of("values_as_documented_in_archive_proto"), RefusalPhrases.Of("one_that_is_none"));
        }
    }

    /// <summary>An answer.</summary>
    public static T Write<T>(object value)
        where T : class, IMessage<T>, new() =>
        JsonParser.Default.Parse<T>(Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), ArchiveReader.Json)));
}
