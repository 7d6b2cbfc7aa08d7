using System.Text;
using System.Text.Json;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>An HTTP answer, read whole.</summary>
internal sealed record HttpReply(int Status, string? ContentType, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string? Record => Headers.GetValueOrDefault("X-Tunduk-Record");

    public string? MessageId => Headers.GetValueOrDefault("X-Road-Id");

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}
