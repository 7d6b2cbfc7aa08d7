using System.Text.Json;
using System.Text.Json.Serialization;
using Tunduk.Evidence.Log;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Evidence.Bundles;

/// <summary>A withheld leaf is its hash as a string; a shown one an object with every input of the hash, all members always there.</summary>
internal sealed class BundledLeafConverter : JsonConverter<BundledLeaf>
{
    public override BundledLeaf Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.TryGetBytesFromBase64(out byte[]? hash) && hash.Length == LogHash.Size ? new BundledLeaf { Hash = hash } : throw new JsonException(Phrases.Of("Bundles.LeafHash32Bytes"));
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException(Phrases.Of("Bundles.LeafHashObject"));
        }

        byte[]? shownHash = null;
        byte[]? salt = null;
        string? path = null;
        int? type = null;
        int? presence = null;
        byte[]? value = null;
        long? payload = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            bool isNew = name switch
            {
                "hash" => Set(ref shownHash, Base64(ref reader)),
                "salt" => Set(ref salt, Base64(ref reader)),
                "path" => Set(ref path, reader.GetString()),
                "type" => Set(ref type, reader.GetInt32()),
                "presence" => Set(ref presence, reader.GetInt32()),
                "value" => Set(ref value, Base64(ref reader)),
                "payload" => Set(ref payload, reader.GetInt64()),
                _ => false,
            };
            if (!isNew)
            {
                throw new JsonException(Phrases.Of("Bundles.LeafUnknownRepeatedMember"));
            }
        }

        bool isPart = type == (int)ValueType.Part;
        if (shownHash is not { Length: LogHash.Size } || salt is not { Length: Commitment.SaltSize } || path is null || type is not (>= (int)ValueType.Text and <= (int)ValueType.Part)
            || presence is not (>= (int)ValuePresence.Present and <= (int)ValuePresence.Removed) || isPart != payload is not null || isPart == value is not null || payload < 0)
        {
            throw new JsonException(Phrases.Of("Bundles.LeafLacksMemberOut"));
        }

        return new BundledLeaf { Hash = shownHash, Salt = salt, Path = path, Type = (ValueType)type, Presence = (ValuePresence)presence, Value = value ?? [], Payload = payload };
    }

    public override void Write(Utf8JsonWriter writer, BundledLeaf value, JsonSerializerOptions options)
    {
        if (!value.IsShown)
        {
            writer.WriteBase64StringValue(value.Hash);
            return;
        }

        writer.WriteStartObject();
        writer.WriteBase64String("hash", value.Hash);
        writer.WriteBase64String("salt", value.Salt);
        writer.WriteString("path", value.Path);
        writer.WriteNumber("type", (int)value.Type);
        writer.WriteNumber("presence", (int)value.Presence);
        if (value.Payload is { } length)
        {
            writer.WriteNumber("payload", length);
        }
        else
        {
            writer.WriteBase64String("value", value.Value);
        }

        writer.WriteEndObject();
    }

    private static byte[] Base64(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out byte[]? bytes) ? bytes : throw new JsonException(Phrases.Of("Bundles.NotBase64"));

    private static bool Set<T>(ref T? place, T? value)
    {
        bool isNew = place is null && value is not null;
        place = value;
        return isNew;
    }
}
