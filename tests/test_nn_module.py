"""Module: which Values it finds to train, and that it forgets their gradients."""

import copy
import gc
import pickle

import nn
from autograd import Value


class Everything(nn.Module):
    def __init__(self):
        self.first = Value(1.0)
        self.rows = [[Value(2.0), Value(3.0)], (Value(4.0),)]
        self.by_name = {"a": Value(5.0), "b": nn.Neuron(1, init="zeros")}
        self.size, self.name, self.nothing = 3, "net", None


def test_parameters_are_found_in_attributes_lists_dicts_and_modules_in_order():
    assert [p.data for p in Everything().parameters()] == [1.0, 2.0, 3.0, 4.0, 5.0, 0.0, 0.0]


def test_a_shared_parameter_is_found_once():
    net = Everything()
    net.again = [net.first, net.by_name["b"], net.rows]
    assert len(net.parameters()) == 7


def test_results_and_constants_are_not_parameters():
    net = Everything()
    net.last = net.first * 2.0
    net.fixed = Value(1.0).detach()
    assert len(net.parameters()) == 7


def test_lists_that_contain_themselves_end():
    net = Everything()
    net.rows.append(net.rows)
    assert len(net.parameters()) == 7


def test_a_subclass_may_choose_its_parameters_and_its_owner_respects_it():
    class Frozen(nn.MLP):
        def parameters(self):
            return []

    class Owner(nn.Module):
        def __init__(self):
            self.frozen, self.free = Frozen(2, [1]), nn.Neuron(2)

    assert len(Owner().parameters()) == 3


def test_zero_grad_forgets_the_gradients_of_all_parameters():
    model = nn.MLP(2, [3, 1], "tanh", seed=0)
    model([1.0, 2.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())


def test_a_model_survives_pickle_and_deepcopy():
    model = nn.MLP(2, [3, 2], "tanh", seed=0)
    for twin in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert [y.data for y in twin([1.0, 2.0])] == [y.data for y in model([1.0, 2.0])]
        assert [(p.label, p.scope) for p in twin.parameters()] == [(p.label, p.scope) for p in model.parameters()]
        assert not {id(p) for p in twin.parameters()} & {id(p) for p in model.parameters()}


def test_nothing_is_left_for_the_garbage_collector_after_a_step():
    model = nn.MLP(2, [4, 3], seed=0)
    optimizer = nn.SGD(model.parameters(), momentum=0.5)
    gc.collect()
    for _ in range(3):
        loss = nn.cross_entropy([model([0.5, k]) for k in range(3)], [0, 1, 2])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        del loss
    assert gc.collect() == 0
