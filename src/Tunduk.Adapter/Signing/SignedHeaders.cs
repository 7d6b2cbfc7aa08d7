using Tunduk.Evidence.Soap;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Signing;

/// <summary>The X-Road headers as the signature repeats them: the spelling both sides compute alike.</summary>
internal static class SignedHeaders
{
    public static IReadOnlyList<SoapHeaderValue> Of(SoapHeaders headers) =>
        [.. headers.ToSignedValues().Select(value => new SoapHeaderValue(value.Key, value.Value))];
}
