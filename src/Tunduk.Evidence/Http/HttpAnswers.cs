using System.Diagnostics.CodeAnalysis;

namespace Tunduk.Evidence.Http;

/// <summary>
/// The header <c>tunduk-answers</c> of a signed response: the request's values that its signature binds, in plain text.
/// </summary>
/// <remarks>
/// RFC 9421 §2.4 leaves those values out of a response. Without them an answer that was signed over another request looks like one
/// that was changed. They are not covered, and nothing is accepted by them: only where the signature does not hold over the own
/// request's values are they tried, and then they say which of the two it is. A reader that does not know the header loses nothing.
/// </remarks>
internal static class HttpAnswers
{
    /// <summary>Longest header; of a longer request the response does not say which it was.</summary>
    private const int MaximumLength = 4096;

    /// <summary>The header's value; null where the request's values cannot be written, or are too long.</summary>
    public static string? Write(RestRequestBinding request)
    {
        if (!StructuredValue.IsPrintable(request.Id) || !StructuredValue.IsPrintable(request.Client) || request.Target.Service is null)
        {
            return null;
        }

        string text = string.Concat("id=", Text(request.Id), ", client=", Text(request.Client), ", ", request.Target.ToString());
        if (!request.Signature.IsEmpty)
        {
            text = string.Concat(text, ", signature=:", Convert.ToBase64String(request.Signature.Span), ":");
        }

        return text.Length <= MaximumLength ? text : null;
    }

    /// <summary>Reads the header.</summary>
    public static bool TryParse(string header, [NotNullWhen(true)] out RestRequestBinding? request)
    {
        request = null;
        if (header.Length > MaximumLength || !StructuredField.TryParseDictionary(header, out StructuredDictionary? members, out _)
            || members.HasRepeatedKeys || !members.TryGet("id", out StructuredMember? id) || !members.TryGet("client", out StructuredMember? client)
            || !members.TryGet("service", out StructuredMember? service) || !members.TryGet("path", out StructuredMember? path)
            || id.Value?.Type != StructuredType.String || client.Value?.Type != StructuredType.String
            || service.Value?.Type != StructuredType.String || path.Value?.Type != StructuredType.String
            || !HttpTarget.TryCreate(service.Value.Text, path.Value.Text, out HttpTarget target))
        {
            return false;
        }

        request = new RestRequestBinding
        {
            Id = id.Value.Text,
            Client = client.Value.Text,
            Target = target,
            Signature = members.TryGet("signature", out StructuredMember? signature) && signature.Value is { Type: StructuredType.Bytes } bytes ? bytes.Bytes : default,
        };
        return true;
    }

    private static string Text(string value) => StructuredField.Serialize(new StructuredItem(StructuredValue.FromString(value)));
}
