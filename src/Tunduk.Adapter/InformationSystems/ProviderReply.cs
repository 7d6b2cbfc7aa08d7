using Tunduk.Adapter.V1;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.InformationSystems;

/// <summary>What an information system said by gRPC: an answer, or a fault of its own.</summary>
/// <param name="Response">The answer; null with a fault.</param>
/// <param name="Fault">Its fault: a status that says that nothing was done, with a reason.</param>
internal sealed record ProviderReply(AnswerResponse? Response, SoapFault? Fault);
