using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.InformationSystems;
using Tunduk.Adapter.Signing;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>
/// The form in which a counterparty asks us: how each stage is done for it. The order of the stages stands in
/// <see cref="ExchangePipeline.AnswerAsync"/> alone. One object for one exchange.
/// </summary>
internal interface IProviderForm : IDisposable
{
    /// <summary>Stage 1: the X-Road headers of what arrived, or why it cannot be read.</summary>
    Outcome<SoapHeaders> Decode();

    /// <summary>Stage 1: the service that is asked.</summary>
    Outcome<ProvidedService> Find(ServiceCatalogue services, SoapHeaders headers);

    /// <summary>Stage 2: who signed, and whether what we read is what was signed.</summary>
    VerifiedMessage Verify(ExchangeRun run, MessageVerification verification);

    /// <summary>After stage 2: the exact bytes that arrived, kept where they were refused and the agreement says so.</summary>
    PayloadPart Arrived { get; }

    /// <summary>Stage 3: form and contract.</summary>
    ExchangeError? Validate(ExchangeRun run, ProvidedService service, BodyMapping mapping);

    /// <summary>Stage 5: the agreement's list on what is asked.</summary>
    Outcome<FilteredBody> FilterRequest(ExchangeRun run, BodyMapping mapping);

    /// <summary>Stage 6: what the archive keeps of the request.</summary>
    MessageRecord RequestRecord(FilteredBody asked);

    /// <summary>Stage 6: a digest of what is asked, after filtering: part of the claim on this request.</summary>
    byte[] Content(FilteredBody asked);

    /// <summary>Stage 7: to the own information system; keeps its answer, unread.</summary>
    Task<ExchangeError?> ForwardAsync(InformationSystemClient informationSystem, SoapHeaders headers, RecordId record);

    /// <summary>Stage 8: the agreement's list on what is answered, before it leaves.</summary>
    Outcome<FilteredBody> FilterAnswer(ExchangeRun run, BodyMapping mapping);

    /// <summary>Stage 9: the answer as it will leave, bound to the request.</summary>
    Task<Outcome<MessageRecord>> SignAsync(ExchangeRun run, FilteredBody answered, MessageSigning signing);

    /// <summary>Stage 11: the answer as the security server expects it.</summary>
    ProviderAnswer Encode();

    /// <summary>A refusal as the security server and the counterparty behind it expect it.</summary>
    Task<ProviderAnswer> RefuseAsync(ExchangeRun run, ExchangeError error, RecordId? record, MessageSigning signing);
}
