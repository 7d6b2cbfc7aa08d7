using System.Buffers;
using Google.Protobuf;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Grants;
using Tunduk.Adapter.Reading;
using Tunduk.Adapter.V1;
using Tunduk.GrpcHosting;
using Tunduk.GrpcHosting.Server;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Tunduk.Adapter.Rpc;

/// <summary><c>tunduk.adapter.v1.Archive</c>: the desk behind <c>/v1/archive</c>, with the same gate before it.</summary>
internal sealed class ArchiveRpc(ArchiveDesk desk, RpcCalls calls) : IGrpcService<ArchiveRpc>
{
    private const int PageSize = 200;
    private const int PieceSize = 64 * 1024;

    public static ServiceDescriptor Descriptor => ArchiveReflection.Descriptor.Services[0];

    public static void Bind(GrpcServiceBinder<ArchiveRpc> binder) => binder
        .ServerStreaming<SearchRequest, SearchResponse>("Search", static (self, request, responses, context) => self.calls.RunAsync(context, () => self.SearchAsync(request, responses, context)))
        .Unary<GetRequest, Record>("Get", static (self, request, context) => self.LookAsync<Record>(request, context, "Get", async access => self.Answer<Record, RecordView>(context, await self.desk.Reader.ShowAsync(RpcCalls.CallerOf(context), request.Record, access))))
        .Unary<GetRequest, InclusionProof>("Prove", static (self, request, context) => self.LookAsync<InclusionProof>(request, context, "Prove", async access => self.Answer<InclusionProof, InclusionAnswer>(context, await self.desk.Reader.ProveAsync(RpcCalls.CallerOf(context), request.Record, access))))
        .Unary<GetRequest, V1.Explanation>("Explain", static (self, request, context) => self.LookAsync<V1.Explanation>(request, context, "Explain", async access => self.Answer<V1.Explanation, Reading.Explanation>(context, await self.desk.Reader.ExplainAsync(RpcCalls.CallerOf(context), request.Record, access))))
        .ServerStreaming<ExportRequest, ExportResponse>("Export", static (self, request, responses, context) => self.calls.RunAsync(context, () => self.ExportAsync(request, responses, context)));

    private readonly RpcCalls calls = calls;
    private readonly ArchiveDesk desk = desk;

    private TMessage Answer<TMessage, TValue>(ServerCallContext context, Outcome<TValue> outcome)
        where TMessage : class, IMessage<TMessage>, new()
        where TValue : class =>
        outcome.TryGet(out var value, out var error) ? RpcJson.Write<TMessage>(value) : throw calls.Refuse(context, error);

    /// <summary>A message that cannot be read is a denial like any other, and an entry.</summary>
    public async Task<RpcException> MalformedAsync(ServerCallContext context, string method, ExchangeError error) => calls.Refuse(context, await DenyAsync(context, method, error));

    private Task<ExchangeError> DenyAsync(ServerCallContext context, string method, ExchangeError error) => desk.Gate.DenyAsync(
        RpcCalls.CallerOf(context),
        method switch { "Search" => ArchiveAct.Search, "Export" => ArchiveAct.Export, "Explain" => ArchiveAct.Explain, _ => ArchiveAct.Show },
        error);

    private Task<T> LookAsync<T>(GetRequest request, ServerCallContext context, string method, Func<ArchiveAccess, Task<T>> look) => calls.RunAsync(context, async () =>
    {
        // The record has a place of its own in the address of REST, and so beside the rest of the message here.
        var access = request.Clone();
        access.Record = "";
        return RpcJson.Read<ArchiveAccess>(access).TryGet(out var read, out var error) ? await look(read) : throw calls.Refuse(context, await DenyAsync(context, method, error));
    });

    // Page by page: what is held is one page, and each page has its entry before it is shown.
    private async Task SearchAsync(SearchRequest request, IServerStreamWriter<SearchResponse> responses, ServerCallContext context)
    {
        if (request.Limit < 0)
        {
            throw calls.Refuse(context, await DenyAsync(context, "Search", ArchiveQueries.Bad("$.limit", RefusalPhrases.Of("0_or_more"), RefusalPhrases.Of("less"))));
        }

        var query = request.Clone();
        query.Limit = 0;
        if (!RpcJson.Read<ArchiveSearchRequest>(query).TryGet(out var page, out var error))
        {
            throw calls.Refuse(context, await DenyAsync(context, "Search", error));
        }

        var left = request.Limit == 0 ? long.MaxValue : request.Limit;
        page = page with { Limit = (int)Math.Min(PageSize, left) };
        var told = new HashSet<string>(StringComparer.Ordinal);
        while (left > 0)
        {
            if (!(await desk.Reader.SearchAsync(RpcCalls.CallerOf(context), page)).TryGet(out var answer, out error))
            {
                throw calls.Refuse(context, error);
            }

            foreach (var checkpoint in answer.Checkpoints.Where(told.Add))
            {
                await responses.WriteAsync(new SearchResponse { Checkpoint = checkpoint, Grant = answer.Grant ?? "" }, context.CancellationToken);
            }

            foreach (var entry in answer.Entries.Take((int)Math.Min(left, int.MaxValue)))
            {
                await responses.WriteAsync(new SearchResponse { Entry = RpcJson.Write<Entry>(entry), Grant = answer.Grant ?? "" }, context.CancellationToken);
            }

            left -= answer.Entries.Count;
            if (answer.Next is null)
            {
                return;
            }

            page = page with { After = answer.Next };
        }
    }

    private async Task ExportAsync(ExportRequest request, IServerStreamWriter<ExportResponse> responses, ServerCallContext context)
    {
        if (!RpcJson.Read<ArchiveExportRequest>(request).TryGet(out var export, out var error))
        {
            throw calls.Refuse(context, await DenyAsync(context, "Export", error));
        }

        export = Named(export);
        if (!(await desk.Exporter.ExportAsync(RpcCalls.CallerOf(context), export, context.CancellationToken)).TryGet(out var bundle, out error))
        {
            throw calls.Refuse(context, error);
        }

        using (bundle)
        {
            if (!await desk.Exporter.SendAsync(RpcCalls.CallerOf(context), export, () => SendAsync(bundle, responses, context)))
            {
                throw new OperationCanceledException(context.CancellationToken);
            }
        }
    }

    private static async Task SendAsync(ExportedBundle bundle, IServerStreamWriter<ExportResponse> responses, ServerCallContext context)
    {
        await responses.WriteAsync(new ExportResponse { Bundle = new Bundle { Length = bundle.Content.Length, Records = bundle.Records, Access = bundle.Access } }, context.CancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            while (await bundle.Content.ReadAsync(buffer.AsMemory(0, PieceSize), context.CancellationToken) is > 0 and var read)
            {
                await responses.WriteAsync(new ExportResponse { Content = ByteString.CopyFrom(buffer, 0, read) }, context.CancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    // The JSON mapping leaves out what is empty and what names nothing: no records asked for is a search.
    private static ArchiveExportRequest Named(ArchiveExportRequest request) => request.Records is { Count: 0 } ? request with { Records = null } : request;
}
