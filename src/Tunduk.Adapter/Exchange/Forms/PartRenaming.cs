using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Attachments;
using MediaType = Tunduk.XRoad.Soap.MediaType;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>The headers under which an attachment goes on, by the rule that stands at <see cref="MultipartMessage"/>.</summary>
/// <param name="terms">The service's terms.</param>
/// <param name="side"><c>request</c> or <c>response</c>.</param>
/// <param name="includes">References of the fields that stay.</param>
/// <param name="renamed">New names of the parts that fields refer to.</param>
/// <param name="xml">The element as it goes on: a listed field may name a part in its text (swaRef).</param>
internal sealed class PartRenaming(AgreementService terms, string side, IReadOnlyList<string> includes, IReadOnlyDictionary<string, string> renamed, ReadOnlyMemory<byte> xml)
{
    private static readonly HashSet<string> HasOwnRule = new(StringComparer.OrdinalIgnoreCase) { "Content-Type", "Content-ID", "Content-Transfer-Encoding", "Content-Disposition" };
    private readonly HashSet<string> ids = [.. includes.Select(reference => reference.StartsWith("cid:", StringComparison.OrdinalIgnoreCase) ? reference[4..] : reference)];
    private readonly IReadOnlySet<string> listed = Listed(terms, side);
    private int unnamed;

    /// <summary>Whether the agreement lets the message's and its parts' Content-Type cross as they came.</summary>
    public static bool KeepsType(AgreementService terms, string side) => Listed(terms, side).Contains("Content-Type");

    public PartHeaders Of(SpooledPart part)
    {
        var type = part.Headers.ContentType.Type;
        var own = part.Headers.ContentId;
        var rule = AttachmentPolicy.RuleOf(terms, side, part.Judged);
        var isField = own is not null && ids.Contains(own);
        var fileName = !isField && rule is not null && part.FileName is { } file && (rule.Name == "*" || rule.Name == file) ? file : null;
        var others = new List<KeyValuePair<string, string>>();
        if (part.Headers["Content-Transfer-Encoding"] is not null && part.Headers.TransferEncoding is "7bit" or "8bit" or "binary" or "base64" or "quoted-printable")
        {
            others.Add(new("Content-Transfer-Encoding", part.Headers.TransferEncoding));
        }

        // As it came only where no reader finds a path in it.
        var disposition = listed.Contains("Content-Disposition") && part.Headers.HasPlainNames ? part.Headers["Content-Disposition"] : null;
        if (disposition is not null)
        {
            others.Add(new("Content-Disposition", disposition));
        }
        else if (fileName is not null && !fileName.AsSpan().ContainsAny('"', '\\'))
        {
            others.Add(new("Content-Disposition", PartHeaders.DispositionOf(fileName)));
        }

        others.AddRange(part.Headers.Fields.Where(field => listed.Contains(field.Key) && !HasOwnRule.Contains(field.Key)));
        var whole = listed.Contains("Content-Type") && part.Headers.HasPlainNames && Ascii.IsValid(part.Headers.ContentType.ToString());
        return PartHeaders.Create(whole ? part.Headers.ContentType : Type(type, part.Headers.ContentType["charset"], rule), IdOf(own, rule, isField), others);
    }

    private static IReadOnlySet<string> Listed(AgreementService terms, string side) => side == FieldList.Request ? terms.RequestHeaders : terms.ResponseHeaders;

    // A part that a field holds has no rule of its own: its type is told where it is one that everybody has.
    private MediaType Type(string type, string? charset, AttachmentRule? rule)
    {
        var known = rule is not null || MediaTypes.IsCommon(type) || terms.Attachments.Any(candidate => candidate.Side == side && candidate.Types.Contains(type, StringComparer.Ordinal));
        var written = !known ? "application/octet-stream" : charset is not null && MediaTypes.IsCharset(charset) ? $"{type}; charset={charset.ToLowerInvariant()}" : type;
        return MediaType.TryParse(written, out var parsed) ? parsed : throw new InvalidOperationException("a type that was read can be read again");
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
