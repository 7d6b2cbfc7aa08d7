using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Signing;
using Tunduk.Archive;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>
/// The form in which our information system asks (JSON, SOAP, REST): how each stage is done for it. The order of the stages,
/// and everything they have in common, stands in <see cref="ExchangePipeline.AskAsync(Callers.Caller, IConsumerForm, Diagnosis)"/> alone.
/// One object for one exchange.
/// </summary>
internal interface IConsumerForm : IDisposable
{
    /// <summary>
    /// A service that security servers answer themselves: it needs no agreement, only an authenticated caller, and what it
    /// answers is passed on whole (ARCHITECTURE "One exchange").
    /// </summary>
    bool IsMetaservice { get; }

    /// <summary>The body that tells a repeat from another request; null in a form whose repeats are always sent.</summary>
    ReadOnlyMemory<byte>? RepeatBody { get; }

    /// <summary>Whether the answer can be given again from the archive; asked after stage 10.</summary>
    bool IsRepeatable { get; }

    /// <summary>Stage 1: the service that is asked, and the own subsystem that asks.</summary>
    Outcome<ConsumedService> Bind(ServiceCatalogue services);

    /// <summary>Stage 2: the X-Road headers.</summary>
    Outcome<SoapHeaders> ReadHeaders(ConsumedService service);

    /// <summary>Stage 3: form and contract.</summary>
    ExchangeError? Validate(ConsumedService service, BodyMapping mapping);

    /// <summary>Stage 5: the agreement's list on what is asked.</summary>
    Outcome<FilteredBody> FilterRequest(ExchangeRun run, ConsumedService service, BodyMapping mapping);

    /// <summary>After stage 5: digest of what is asked, by which the same request is known while it is under way.</summary>
    byte[] Content();

    /// <summary>Stage 6: the message as it will leave, signed as the agreement says.</summary>
    Task<Outcome<MessageRecord>> SignAsync(ExchangeRun run, FilteredBody asked, MessageSigning signing);

    /// <summary>Stage 8: to the security server; keeps the answer, unread.</summary>
    Task<ExchangeError?> ForwardAsync(SecurityServerClient securityServer, ConsumedService service);

    /// <summary>Stage 9: whether the answer is the counterparty's answer to this request.</summary>
    VerifiedMessage Verify(ExchangeRun run, MessageVerification verification);

    /// <summary>After stage 9: the exact bytes of the answer, kept where it was refused and the agreement says so.</summary>
    PayloadPart Arrived { get; }

    /// <summary>Stage 10: the agreement's list on what was answered.</summary>
    Outcome<FilteredBody> FilterAnswer(ExchangeRun run, ConsumedService service, BodyMapping mapping);

    /// <summary>Stage 11: what the archive keeps of the answer.</summary>
    MessageRecord AnswerRecord(FilteredBody answered);

    /// <summary>Stage 12: the answer as whoever asked expects it.</summary>
    ExchangeAnswer Encode(ExchangeRun run, FilteredBody answered);
}
