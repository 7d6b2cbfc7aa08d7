using Tunduk.Xml;

namespace Tunduk.Evidence.Soap;

/// <summary>What may stand in an Exchange block that we write.</summary>
internal static class ExchangeValues
{
    public static bool AreSound(SoapSignatureInput input)
    {
        for (int i = 0; i < input.Headers.Count; i++)
        {
            SoapHeaderValue header = input.Headers[i];
            if (string.IsNullOrEmpty(header.Name) || !IsAttribute(header.Name) || !IsText(header.Value))
            {
                return false;
            }

            for (int j = 0; j < i; j++)
            {
                if (input.Headers[j].Name == header.Name)
                {
                    return false;
                }
            }
        }

        for (int i = 0; i < input.Attachments.Count; i++)
        {
            SoapAttachmentDigest attachment = input.Attachments[i];
            if (string.IsNullOrEmpty(attachment.ContentId) || !IsAttribute(attachment.ContentId) || attachment.Sha256.Length != 32
                || attachment.Type is "" || (attachment.Type is null && attachment.FileName is not null)
                || !IsAttribute(attachment.Type ?? "-") || !IsAttribute(attachment.FileName ?? "-"))
            {
                return false;
            }

            for (int j = 0; j < i; j++)
            {
                if (input.Attachments[j].ContentId == attachment.ContentId)
                {
                    return false;
                }
            }
        }

        return input.Checkpoint.Length is 0 or 32
            && (input.Request is null || (input.Request.Sha512.Length == 64 && input.Direction == SoapDirection.Response));
    }

    /// <summary>Text without tab and line breaks: a response's attributes are written raw by the provider's security server.</summary>
    private static bool IsAttribute(string value) => IsText(value) && value.AsSpan().IndexOfAny('\t', '\r', '\n') < 0;

    private static bool IsText(string value)
    {
        if (value is null)
        {
            return false;
        }

        if (value.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0)
        {
            return true;
        }

        ReadOnlySpan<char> rest = value;
        while (!rest.IsEmpty)
        {
            if (System.Text.Rune.DecodeFromUtf16(rest, out System.Text.Rune rune, out int length) != System.Buffers.OperationStatus.Done
                || !XmlChars.IsChar(rune.Value))
            {
                return false;
            }

            rest = rest[length..];
        }

        return true;
    }
}
