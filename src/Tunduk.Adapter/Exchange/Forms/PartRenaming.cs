using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Attachments;
using MediaType = Tunduk.XRoad.Soap.MediaType;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>
/// The headers under which an attachment goes on: its type, the name by which the agreement lists it, its transfer encoding,
/// and headers that the agreement lists. Whatever else a part's headers say is text that no list names.
/// </summary>
/// <param name="terms">The service's terms.</param>
/// <param name="side"><c>request</c> or <c>response</c>.</param>
/// <param name="includes">References of the fields that stay.</param>
/// <param name="renamed">New names of the parts that fields refer to.</param>
/// <param name="xml">The element as it goes on: a listed field may name a part in its text (swaRef).</param>
internal sealed class PartRenaming(AgreementService terms, string side, IReadOnlyList<string> includes, IReadOnlyDictionary<string, string> renamed, ReadOnlyMemory<byte> xml)
{
    private readonly HashSet<string> ids = [.. includes.Select(reference => reference.StartsWith("cid:", StringComparison.OrdinalIgnoreCase) ? reference[4..] : reference)];
    private int unnamed;

    public PartHeaders Of(SpooledPart part)
    {
        var type = part.Headers.ContentType.Type;
        var own = part.Headers.ContentId;
        var rule = AttachmentPolicy.RuleOf(terms, side, new AttachmentPart(own, part.FileName, type, part.DecodedLength, part.Head));
        var isField = own is not null && ids.Contains(own);
        var fileName = !isField && rule is not null && part.FileName is { } file && (rule.Name == "*" || rule.Name == file) ? file : null;
        var others = new List<KeyValuePair<string, string>>();
        if (part.Headers["Content-Transfer-Encoding"] is not null && part.Headers.TransferEncoding is "7bit" or "8bit" or "binary" or "base64" or "quoted-printable")
        {
            others.Add(new("Content-Transfer-Encoding", part.Headers.TransferEncoding));
        }

        if (fileName is not null && !fileName.AsSpan().ContainsAny('"', '\\'))
        {
            others.Add(new("Content-Disposition", PartHeaders.DispositionOf(fileName)));
        }

        var listed = side == FieldList.Request ? terms.RequestHeaders : terms.ResponseHeaders;
        others.AddRange(part.Headers.Fields.Where(field => listed.Contains(field.Key) && !field.Key.StartsWith("content-", StringComparison.OrdinalIgnoreCase)));
        return PartHeaders.Create(Type(type, rule), IdOf(own, rule, isField), others);
    }

    // A part that a field holds has no rule of its own: its type is told where it is one that everybody has.
    private MediaType Type(string type, AttachmentRule? rule)
    {
        var known = rule is not null || MediaTypes.IsCommon(type) || terms.Attachments.Any(candidate => candidate.Side == side && candidate.Types.Contains(type, StringComparer.Ordinal));
        return MediaType.TryParse(known ? type : "application/octet-stream", out var parsed) ? parsed : throw new InvalidOperationException("a type that was read can be read again");
    }

    private string IdOf(string? own, AttachmentRule? rule, bool isField)
    {
        if (isField)
        {
            return renamed.GetValueOrDefault(own!, own!);
        }

        if (own is not null && (rule is { Name: "*" } || rule?.Name == own || xml.Span.IndexOf(Encoding.UTF8.GetBytes("cid:" + own)) >= 0))
        {
            return own;
        }

        return $"attachment-{++unnamed}";
    }
}
