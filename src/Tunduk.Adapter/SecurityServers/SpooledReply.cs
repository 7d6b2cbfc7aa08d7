using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.SecurityServers;

/// <summary>How a neighbour's answer is taken that is not held in memory.</summary>
internal abstract class SpooledReply
{
    /// <summary>The limit on sending the request, which ends with the answer's beginning; null where nothing of it comes from disk.</summary>
    public ProgressTimeout? Sending { get; init; }

    /// <summary>True for an answer that this reads; any other goes into memory, within <c>Limits:MaxBody</c>.</summary>
    public abstract bool Takes(string method, HttpResponseMessage response);

    /// <summary>Reads the whole answer.</summary>
    public abstract Task<Outcome<SecurityServerReply>> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken);

    /// <summary>A SOAP answer with attachments: the SOAP part into memory, the rest onto disk.</summary>
    public static SpooledReply OfSoap(AttachmentSpool spool, string owner, BodyBudget.Share? share, ProgressTimeout? sending) => new SpooledSoapReply(spool, owner, share) { Sending = sending };

    /// <summary>A REST answer of a type that no list looks into.</summary>
    public static SpooledReply OfRest(AttachmentSpool spool, string owner, BodyBudget.Share? share, ProgressTimeout? sending) => new SpooledRestReply(spool, owner, share) { Sending = sending };

    /// <summary>The Content-Type as it came; null without one.</summary>
    protected static string? ContentType(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;

    /// <summary>
    /// What is wrong with an answer is the neighbour's fault, but for the room on our disk. A message of bad form is the
    /// provider's: it must not count against the security server that brought it whole.
    /// </summary>
    protected static ExchangeError Broken(ExchangeError error, BodyBudget.Share? share) => error.Code switch
    {
        ExchangeCodes.MultipartMalformed => error with { Stage = ExchangeStage.Verify, Code = ExchangeCodes.ResponseMalformed, OutcomeUnknown = true },
        ExchangeCodes.SpoolFull => error with { Stage = ExchangeStage.Forward, OutcomeUnknown = true },
        ExchangeCodes.Overloaded when share is not null => share.AnswerRefusal(),
        _ => error with { Stage = ExchangeStage.Forward, Code = ExchangeCodes.SecurityServerBroken, OutcomeUnknown = true },
    };
}
