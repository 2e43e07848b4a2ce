import { changedCard, requireModelCard, withoutDetails } from '../../../../local/sagemaker/resources/model-card.ts';

const cardOf = (content: unknown) => ({ ModelCardStatus: 'Draft' as const, ModelCardContent: JSON.stringify(content) });
const refusal = (content: unknown) => () => requireModelCard(cardOf(content));

describe('the model card of a model package', () => {
  it('may have every section of the schema, and needs none', () => {
    requireModelCard(undefined);
    requireModelCard({ ModelCardStatus: 'Approved' });
    requireModelCard(cardOf({}));
    requireModelCard(
      cardOf({
        model_overview: { model_creator: 'a team', model_artifact: ['s3://bucket/model.tar.gz'] },
        intended_uses: { purpose_of_model: 'delays', risk_rating: 'Low' },
        business_details: { business_problem: 'late flights' },
        training_details: {
          objective_function: { function: { function: 'Maximize', facet: 'AUC' }, notes: 'on held-out days' },
          training_job_details: {
            training_metrics: [{ name: 'auc', value: 0.73 }],
            hyper_parameters: [{ name: 'depth', value: '4' }],
          },
        },
        evaluation_details: [
          {
            name: 'gates',
            metric_groups: [
              {
                name: 'all',
                metric_data: [
                  { name: 'auc', type: 'number', value: 0.73, notes: 'passed' },
                  {
                    name: 'roc',
                    type: 'linear_graph',
                    value: [
                      [0, 0],
                      [1, 1],
                    ],
                    x_axis_name: 'fpr',
                  },
                  { name: 'origins', type: 'bar_chart', value: [1, 2], x_axis_name: ['EWR', 'JFK'] },
                  {
                    name: 'confusion',
                    type: 'matrix',
                    value: [
                      [1, 2],
                      [3, 4],
                    ],
                  },
                ],
              },
            ],
          },
        ],
        additional_information: { custom_details: { commit: 'abc' } },
      }),
    );
  });

  it('is refused with sections or values that the schema does not have', () => {
    expect(() => requireModelCard({ ModelCardContent: '{' })).toThrow('is not JSON');
    expect(refusal([])).toThrow('schema');
    expect(refusal({ owner: 'me' })).toThrow('owner');
    expect(refusal({ intended_uses: { risk_rating: 'Extreme' } })).toThrow('intended_uses.risk_rating');
    expect(refusal({ evaluation_details: [{ datasets: [] }] })).toThrow('evaluation_details.0.name');
    expect(refusal({ business_details: { business_problem: 'x'.repeat(2049) } })).toThrow('business_problem');
  });

  it('keeps what an update leaves out, and its content once it is archived', () => {
    const before = cardOf({ business_details: {} });
    const archived = changedCard(before, { ModelCardStatus: 'Archived' });
    expect(archived).toEqual({ ...before, ModelCardStatus: 'Archived' });
    expect(() => changedCard(archived, cardOf({}))).toThrow('Model Card is in Archived state');
    expect(changedCard(archived, { ModelCardStatus: 'Draft' })).toEqual(before);
  });

  it('shows without its details no more than names and the risk rating', () => {
    const card = cardOf({
      model_overview: { model_name: 'delays', model_creator: 'a team' },
      intended_uses: { risk_rating: 'Low', purpose_of_model: 'secret' },
    });
    expect(withoutDetails(card)).toEqual(
      cardOf({ model_overview: { model_name: 'delays' }, intended_uses: { risk_rating: 'Low' } }),
    );
    expect(withoutDetails(cardOf({ business_details: {} }))).toEqual(cardOf({}));
  });
});
